"""Who may do what, said once more for the test of access, one module per resource. An operation
without a line in `MAY` fails there."""
