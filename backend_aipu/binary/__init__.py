"""The binary: a program, its network and its weights as one file."""

from .file import read_binary, section_contents, write_binary

__all__ = ["read_binary", "section_contents", "write_binary"]
