"""Many schedules at once: what is the same in all of them, and arrays of the rest."""
