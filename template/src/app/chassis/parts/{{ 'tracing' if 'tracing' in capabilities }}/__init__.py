"""One request, one trace: spans of requests, statements and calls, told to a collector."""
