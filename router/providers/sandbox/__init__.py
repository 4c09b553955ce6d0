"""A local Linq: a development tool that speaks the provider's API, delivers its webhooks and plays the people who text.

It is no part of the gateway: it keeps everything in memory, and the gateway meets it over the network only. What it
plays is what Linq documents for API v3 (docs.linqapp.com) and its official SDKs spell out.
"""
