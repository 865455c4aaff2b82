"""A network as a picture: where operators lie, what is around them, their colours."""
