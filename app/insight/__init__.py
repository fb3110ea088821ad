"""What becomes of opgaven, in numbers in which nobody can be found."""
