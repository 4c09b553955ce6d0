"""Put the gateway together: one place says who gets what. Clock and randomness enter here and nowhere else."""
