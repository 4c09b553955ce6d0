"""The outside world of phone lines: the rented ones, and a local stand-in for them."""
