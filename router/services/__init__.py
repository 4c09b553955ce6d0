"""What the gateway does: read, decide in core, write in one script, report."""
