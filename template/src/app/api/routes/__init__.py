"""One module per resource, each with a `router`. The package is scanned, so adding a file is
enough."""
