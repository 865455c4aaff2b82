"""The driver's API for C: a header, and a library that holds this package."""
