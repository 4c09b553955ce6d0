"""The switchyard command: the same services as HTTP, on a terminal."""
