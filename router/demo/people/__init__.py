"""The made-up people of the demo and what they do."""
