"""What holds for all that is yours: routes, rules, tables, migrations and settings. New ones are
found and held to it; things to try routes on come from `tests/resources`."""
