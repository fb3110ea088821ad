"""The own profile, and colleagues."""
