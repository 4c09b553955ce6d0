"""What an operator can see: logs and metrics."""
