"""How reactions end: a no with a reason, taking it back, and reading it."""
