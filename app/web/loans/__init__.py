"""Asking, signing and keeping track of hours that are lent."""
