"""Where the maps and constants of groups in stripes lie on chip."""
