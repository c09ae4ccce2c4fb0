"""Served renders on real servers: PostgreSQL from each source, behind PgBouncer, with a replica."""
