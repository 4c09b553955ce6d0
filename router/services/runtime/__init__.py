"""What every service uses: the clock, randomness, batching and the decision log."""
