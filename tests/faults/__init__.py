"""What a running service does when something around it fails, counted from outside."""
