"""What can be done with the service from a command line: one module per command, found by its
name. Its docstring is what `--help` says; the parameters of its `run` are the arguments."""
