"""Schedules as data: of a whole network, in a file, held to what they schedule."""
