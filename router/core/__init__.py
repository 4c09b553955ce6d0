"""Rules and values. Pure: no clock, no I/O, no randomness; all of these are arguments."""
