"""How our processes end together with the one that started them."""
