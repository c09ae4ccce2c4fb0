"""A resource in one command, and out again: its language, its code, its way back."""
