"""What is printed: tables for people, plain lines for programs."""
