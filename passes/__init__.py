"""How a program changes: one pass a file, named as on the command line."""
