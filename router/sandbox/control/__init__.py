"""The control API, with which a test or a developer controls the sandbox. Linq has nothing like it."""
