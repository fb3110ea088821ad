"""The demo accounts and the local mail."""
