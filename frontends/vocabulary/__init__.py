"""What operators of models do, in words that the tables of all formats share."""
