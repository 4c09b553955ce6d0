"""Rules about the provider's events, and the subscription that delivers them."""
