"""Your tests: one module per resource. The template keeps `chassis/`, with the fixtures of all."""
