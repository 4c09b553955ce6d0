"""Background ticks: each is one bounded step, and gets the time as an argument."""
