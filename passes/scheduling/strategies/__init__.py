"""Who decides how every group runs, and what they search in."""
