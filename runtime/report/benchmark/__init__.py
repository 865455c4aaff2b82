"""Networks on both sides, as people read them: in the terminal, on a page, as CSV."""
