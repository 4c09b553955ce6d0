"""What the demo prints: events as they happen, the table of lines and the summary."""
