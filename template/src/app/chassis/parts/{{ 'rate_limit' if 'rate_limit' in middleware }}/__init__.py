"""How many requests a caller may send: who is asking, what was counted, and what is allowed."""
