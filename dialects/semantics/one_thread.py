"""Sums in one order: products of matrices on one thread.

Several threads sum in other orders than one, and so round in other ways.
"""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def on_one_thread() -> AbstractContextManager[object]:
    """A context in which numpy multiplies matrices on one thread."""
    return _libraries().limit(limits=1)


@cache
def _libraries() -> ThreadpoolController:
    """Those with threads; to find them takes as long as a small network."""
    return ThreadpoolController()
