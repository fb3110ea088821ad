"""What people get of their own data."""
