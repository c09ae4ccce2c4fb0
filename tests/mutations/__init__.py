"""Changes that break a render on purpose, one at a time: the tests that are named for it fail."""
