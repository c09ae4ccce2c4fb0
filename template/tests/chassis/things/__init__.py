"""An application of the chassis' own tests: two tables and their routes. It is put together as
yours is, so that what proves the chassis needs no resource of yours."""
