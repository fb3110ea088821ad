"""Reporting something, and deciding about what was reported."""
