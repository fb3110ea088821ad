"""What a gemeente asks: the opgave, from concept to closed."""
