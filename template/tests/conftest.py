"""The fixtures of all tests: those of the chassis, and your own."""

pytest_plugins = ["tests.chassis.fixtures"]
