"""HTTP: dependencies and routes."""
