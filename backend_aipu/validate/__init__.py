"""Whether a program is sound: each of its instructions, its network, and the whole."""

from .program import describe, find_fault, validate

__all__ = ["describe", "find_fault", "validate"]
