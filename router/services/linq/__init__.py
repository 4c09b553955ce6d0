"""Linq: sync lines, subscribe to webhooks, set contact cards, audit lines, and check the whole connection."""
