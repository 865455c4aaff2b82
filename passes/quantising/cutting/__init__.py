"""Cutting a network between machine and host by what it costs on either side."""
