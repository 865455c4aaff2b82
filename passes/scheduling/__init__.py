"""Who decides what runs when: strategies, and the arithmetic that they share."""
