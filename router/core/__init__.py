"""Rules and values. Pure: no I/O, and the time and random bytes are arguments."""
