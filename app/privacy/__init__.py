"""What is kept of whom: what it is for, how somebody gets it, and when it goes."""
