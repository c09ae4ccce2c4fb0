"""Who may do what, one module per resource, with a line in `RULES` for each operation. The package
is scanned; an operation without a line keeps the service from starting."""
