"""aipu."""
