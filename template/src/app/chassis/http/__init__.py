"""HTTP as every service has it: problems, probes, the OpenAPI document and its page, and the way
from a request to its route."""
