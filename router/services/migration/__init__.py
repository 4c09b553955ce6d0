"""Nobody stranded: the people of a line that fails are led to numbers that work, at a pace that fails no other."""
