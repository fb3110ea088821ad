"""Who signs in, for which gemeente, in which roles."""
