"""Every question: its default, its effect, what it refuses, and what is computed from answers."""
