"""What a person types: one file a command, no logic."""
