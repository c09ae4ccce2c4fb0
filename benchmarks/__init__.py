"""What a generated service costs, beside the least that the same answers can cost."""
