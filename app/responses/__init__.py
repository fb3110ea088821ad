"""What professionals say to an opgave."""
