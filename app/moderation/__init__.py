"""What people report, and what a beheerder decides about it."""
