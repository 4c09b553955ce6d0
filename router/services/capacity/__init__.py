"""Capacity: what a pool carries and needs, measured, reported, and asked about with other inputs."""
