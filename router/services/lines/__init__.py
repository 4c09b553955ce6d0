"""Lines: add, change, import and explain them, and report their health."""
