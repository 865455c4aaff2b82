"""How much a frontend makes of a model at most: beyond lie damaged files."""

MOST_PARTS = 1024
"""Steps that a sequence or a loop is unrolled to, parts that a tensor is cut into: each
is an operator or a score of them, and each is compiled."""

LARGEST = 1 << 27
"""Elements of an array that a frontend makes itself: half a gigabyte of float32."""
