"""What carries prompts beside the lines, and alerts to operators."""
