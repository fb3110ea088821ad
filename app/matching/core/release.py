"""What two releases must agree on before one reads what the other made."""

# How the arrays of a snapshot lie on disk.
FORMAT = 5
# By which rules words are compared and points are counted: one more at every change that lets any
# answer differ, and all is made anew. Whoever knows only older rules leaves newer work be.
RULES = 1
