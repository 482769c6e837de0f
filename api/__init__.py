"""The HTTP API: routes, responses, errors."""
