"""Metrics: what Prometheus reads of a gateway, and how it is written."""
