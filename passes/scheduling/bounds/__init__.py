"""What no schedule of a network can beat on a machine."""
