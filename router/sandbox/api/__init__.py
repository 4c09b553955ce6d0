"""The provider's API, path by path."""
