"""Opgaven: reading, writing, publishing."""
