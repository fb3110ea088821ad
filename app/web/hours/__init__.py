"""Pages of the urenbank: of the own gemeente, and of a year that is settled."""
