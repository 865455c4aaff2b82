"""The driver's API on the simulator: what an application of the board calls."""
