"""Campaigns: move the people of a failed line to lines that work, at a pace that overloads no other line."""
