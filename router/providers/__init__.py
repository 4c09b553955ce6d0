"""Providers that rent out phone lines."""
