"""Invitations, of who looks after an opgave and of who is invited."""
