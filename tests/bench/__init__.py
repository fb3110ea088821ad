"""Measures speed and quality, each beside a named alternative in the same run."""
