"""The pure heart of matching: facts in, explained scores out."""
