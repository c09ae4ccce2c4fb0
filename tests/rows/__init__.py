"""Every pair of answers, proven by its own checks, by checks that bite, and by serving it."""
