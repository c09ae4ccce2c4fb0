"""What makes any service right. The template keeps it: updates change it, it knows nothing of what
lies beside it, and `main.py` and `config.py` are where the two meet."""
