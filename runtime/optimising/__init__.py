"""What `aipu-opt` does: passes over a module, and their promises held to numbers."""
