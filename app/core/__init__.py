"""The cellar: what every room needs and no room owns."""
