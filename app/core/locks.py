"""The advisory locks of the house, in one list so that no two of them share a number."""

# Two releases that start at once migrate one after the other.
MIGRATION_LOCK = 7_301_341
# One writer of matches at a time. Without it a slow run could write, over the result of a later
# one, what it computed from a profile that has changed since.
MATCHING_LOCK = 7_301_342
# Held together by those who tell, alone by who plans digests. What was told before a digest was
# planned is then there to be seen by it, and what comes after it belongs to the next one.
TELLING_LOCK = 7_301_343
# Together with a hash of the address: requests for links to one address come one after the other.
SIGN_IN_LOCK = 7_301_344
# Two seeds of the demo come one after the other.
DEMO_LOCK = 7_301_345
# Of two changes of words at once the second waits and finds what the first wrote.
WORDS_LOCK = 7_301_346
# One builder of snapshots at a time; taken after that of matching by who takes both.
BUILD_LOCK = 7_301_347
# Turns of planning digests come one after the other, of whatever run they are.
PLANNING_LOCK = 7_301_348
# Together with a hash of the address: of two mails to one address the second is marked when the
# first is, and so sees what that one tells.
MARKING_LOCK = 7_301_349
# Held together by those who book hours, alone by who settles a year of them.
HOURS_LOCK = 7_301_350
# Links to addresses without an account are planned one after the other, so that they are counted.
STRANGERS_LOCK = 7_301_351
# Together with a hash of the address: mails to who was named by somebody else, so that they are
# counted, whatever loans they are about.
MANAGER_LOCK = 7_301_352
