"""Metrics for Prometheus: what requests, pools and the event loop do."""
