"""The guide that comes with the program, as pages for people and as plain text for programs."""
