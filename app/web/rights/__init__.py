"""Who has which role, since when and by whom; and what each role may."""
