"""What an operator configures, from the environment and switchyard.toml."""
