"""The database: engine and sessions, tables, and the questions that the service asks of them."""
