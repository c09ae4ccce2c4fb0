"""What other programs read: workflows and alerts, held against the rules of those programs."""
