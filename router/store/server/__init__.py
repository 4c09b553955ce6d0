"""How we reach the store: its address, its connection, failover, scripts and the embedded server."""
