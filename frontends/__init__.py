"""How a model comes in: for each format a table from its operators to `nn`."""
