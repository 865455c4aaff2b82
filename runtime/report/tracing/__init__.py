"""What a trace holds: slices of machine and host, counters, their times."""
