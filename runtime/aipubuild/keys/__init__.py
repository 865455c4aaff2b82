"""Every key of a cfg: what it means, what it may be, and what becomes of it here."""
