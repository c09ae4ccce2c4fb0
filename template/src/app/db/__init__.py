"""Tables, and the questions that the service asks of them."""
