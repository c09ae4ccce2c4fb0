"""Environments: one lock for all variants, and each preset installed as its users do it."""
