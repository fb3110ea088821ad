"""The door for operators: `flask ...` commands."""

from flask import Flask


def bind(app: Flask) -> None:
    """Add every group of commands."""
