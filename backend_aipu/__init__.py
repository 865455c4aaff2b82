"""What the machine is: its numbers, its instructions, its text and its binary."""
