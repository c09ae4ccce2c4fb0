"""Documents: what they mention is there, and what is there is documented."""
