"""The demo's clients of the gateway and the sandbox."""
