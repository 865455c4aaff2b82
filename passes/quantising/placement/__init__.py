"""Who runs an operator, the machine or the host: the abilities of the one, the mark."""
