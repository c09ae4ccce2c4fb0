"""What can go wrong, one module per resource. Each error derives from a kind of `chassis.errors`,
which decides the status."""
