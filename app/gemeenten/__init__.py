"""Every municipality of the country: its size, its place, its mergers, its mail domains."""
