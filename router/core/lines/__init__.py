"""Rules about lines: their settings, the provider's list of them, and what its silence means."""
