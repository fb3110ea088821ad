"""Lending hours: what three parties sign, and what becomes of it."""
