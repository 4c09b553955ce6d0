"""`switchyard mcp`: a Model Context Protocol server over stdio, so that a language model can read the gateway.

It needs the extra `switchyard[mcp]`. Only `command` may be imported without it.
"""
