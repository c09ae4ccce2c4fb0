"""What helps with development: `just` calls it."""
