"""What we ask of Linq and tell it: lines in, subscription, contact cards, audits, and whether all of it holds."""
