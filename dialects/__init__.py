"""What can be said: the dialects of every level, and in `semantics` what it means."""
