"""The start page and what every public service tells about itself."""
