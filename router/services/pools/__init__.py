"""Pools: change them, cache them, and keep the limits of their lines current."""
