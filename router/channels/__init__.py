"""Channels that carry prompts to people, and alerts to operators."""
