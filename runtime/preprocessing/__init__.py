"""From recordings and images to what a model takes, as the package says."""
