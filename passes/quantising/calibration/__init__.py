"""Which values tensors take: samples, what is observed of them, and the ranges."""
