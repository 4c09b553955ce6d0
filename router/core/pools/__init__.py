"""Rules about pools: their settings."""
