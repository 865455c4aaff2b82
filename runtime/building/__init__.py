"""From a model to a package on disk, and back: build, load, run, verify."""
