"""The command line of the tests, in the form of yours."""
