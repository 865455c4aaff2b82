"""The groups of a function as a graph: who reads what, what can run together."""
