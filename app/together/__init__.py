"""Gemeenten that take up the same opgave: one joins another, follows it, or they combine theirs."""
