"""What an operator is on the machine: a row each, by kind."""
