"""The template's own suite, in rooms that are named for what they prove."""
