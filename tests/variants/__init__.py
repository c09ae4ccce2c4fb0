"""The variants: few rows hold every pair and every triple of answers, and each can be read."""
