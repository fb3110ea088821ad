"""Somebody who would be another by the cookie of a browser."""
