"""How the command line prints tables, campaigns and the provider's account."""
