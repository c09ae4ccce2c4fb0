"""Business logic, one class per file. It knows neither HTTP nor SQL; it raises the errors of
`errors.py`."""
