"""The cleaners' version."""

#: Changes whenever a change of the code may change a verdict: what an older version cleaned can be cleaned again.
CLEANER_VERSION = "7"
