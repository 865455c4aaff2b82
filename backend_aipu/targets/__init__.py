"""The machines, a file each."""
