"""What a person receives: deeplinks, message texts, contact cards, QR codes and signed tokens."""
