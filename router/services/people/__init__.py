"""People: sign them up, find the line to write from, make their cards, update their pages, and erase them."""
