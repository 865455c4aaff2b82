"""From nests to instructions: emission, arithmetic and memory."""
