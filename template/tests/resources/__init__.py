"""What tests need to know of your resources, one module each: how a body looks, how to make one,
and in `SEEDS`, for the tests that try every route, how to get what an id names."""
