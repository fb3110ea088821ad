"""What somebody sees of the network that they coordinate."""
