"""Inbox and preferences."""
