"""Background ticks: each is one bounded step with the time as an argument."""
