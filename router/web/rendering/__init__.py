"""Pages, links and API answers; what is the same for a whole pool is made once."""
