"""What a run costs: figures from a program, its profile and its target."""
