"""Choose the next line: exact weighted rotation, gates and tiers."""
