"""Calls to other services, all within bounds: how many, how long, how large, how often again."""
