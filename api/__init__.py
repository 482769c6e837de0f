"""The HTTP face: routes, answers, errors."""
