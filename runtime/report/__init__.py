"""What a person sees of a build and a run."""
