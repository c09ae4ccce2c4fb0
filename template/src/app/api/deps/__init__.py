"""How a route gets its service, one module per resource. Ask for the `…Dep` aliases: the same
dependency in two forms would be two sessions."""
