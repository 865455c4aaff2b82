"""What a network loses in integers, and where: measured when it is built."""
