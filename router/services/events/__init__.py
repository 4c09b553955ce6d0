"""Provider events: verify each delivery, read it, find its pools, and apply each event once."""
