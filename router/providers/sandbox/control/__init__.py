"""The control API: what a test or a developer does to the sandbox. Linq has nothing like it."""
