"""The pipeline `quantise`: what the machine runs, in integers; the rest in reals."""
