"""Linq, the provider: its API, whether a delivery is really theirs, and what it says."""
