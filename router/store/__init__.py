"""Redis or Valkey behind typed calls. The only package that knows redis."""
