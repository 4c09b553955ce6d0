"""A local Linq: a development tool with the provider's API and webhooks, and people who text.

It is not part of the gateway: it holds everything in memory, and the gateway reaches it only over the network. It
follows what Linq documents for API v3 (docs.linqapp.com) and what its official SDKs show.
"""
