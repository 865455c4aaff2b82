"""Groups of one operator that run in tiles: their loops, and what these cost."""
