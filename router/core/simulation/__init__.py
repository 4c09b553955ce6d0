"""Simulate weeks of a pool on a virtual clock, with the rules that run it."""
