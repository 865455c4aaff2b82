"""How passes are run: reading, the pipeline and who watches it, writing."""
