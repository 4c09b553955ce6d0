"""Moving people off a line: the campaign, its prompts and when they may be sent."""
