"""Routes of the chassis' own tests."""
