"""degemeentevannu: where gemeenten and gemeentelijke professionals find each other."""
