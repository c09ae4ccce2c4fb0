"""The cost of a request: it does not creep up, and what measures it measures right."""
