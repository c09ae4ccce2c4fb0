"""Types and forms that schemas are made of."""
