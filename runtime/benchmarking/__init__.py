"""Networks on the machine beside the same on the processor that stands next to it."""
