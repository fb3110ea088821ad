"""Which professional fits which opgave, and why."""
