"""What the outputs of a network mean: a word, or objects in an image."""
