"""Linq, the provider: its API, the signatures of its webhook deliveries, and the events in them."""
