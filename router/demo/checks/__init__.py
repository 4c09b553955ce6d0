"""What the demo proves at its end: no flagged line was given, and no prompt went out that should not have."""
