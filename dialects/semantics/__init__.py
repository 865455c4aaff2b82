"""What the dialects mean, in numpy: the executable specification of every level."""
