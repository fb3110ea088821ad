"""Faults of the broker, of the beat and of what waits in the queues."""
