"""Running a binary: values, time and hazards."""
