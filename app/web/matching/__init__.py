"""Matches of a person and of an opgave."""
