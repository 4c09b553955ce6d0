"""Rules about people: their identities, their opt-outs and the line they are routed to."""
