"""What people and operators type for a phone number, and what the numbering plans say about it."""
