"""The release of the template: what it refuses, and what it leaves behind."""
