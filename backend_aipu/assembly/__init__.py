"""The assembly language: a program as a text that a person can write and read.

The grammar is `assembly.lark`; what the instructions are and which fields they have is
the instruction table's, so that a new row there is a new instruction here.
"""

from .parser import parse_assembly
from .printer import print_assembly

__all__ = ["parse_assembly", "print_assembly"]
