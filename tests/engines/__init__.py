"""Both engines, side by side: the same graphs, the same records."""
