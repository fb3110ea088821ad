"""What professionals say to opgaven."""
