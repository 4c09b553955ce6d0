"""The workspace and the processes that a demo runs in."""
