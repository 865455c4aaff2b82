"""One network in many ways: what ideas are worth, and sweeps over all there is."""
