"""The routes that people, back ends and the provider call most, as plain ASGI."""
