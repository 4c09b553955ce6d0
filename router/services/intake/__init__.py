"""The provider's word on its way in: verified, read, sorted by pool, and applied each event once."""
