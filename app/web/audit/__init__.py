"""Who did what: of your own account for everybody, of a gemeente or of all for its beheerder."""
