"""What is in a model, and what will run where, before anything is built."""
