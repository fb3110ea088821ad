"""The words of municipal work: themes, concepts and their names."""
