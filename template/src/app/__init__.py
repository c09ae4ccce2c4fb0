"""The service: `main.create_app` wires it together, `docs/architecture.md` draws it."""
