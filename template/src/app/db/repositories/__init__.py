"""Repositories ask the database; they never decide, and never commit."""
