"""What takes too long is stopped; what other processes hold up is not."""

import itertools
import time

import pytest

from aipu.tests import limits as limiting
from aipu.tests.limits import TooLong, limits

ENOUGH = 1 << 30


def test_computing_for_ever_is_stopped() -> None:
    with pytest.raises(TooLong), limits(1, ENOUGH):
        for _ in itertools.count():
            pass


def test_waiting_is_no_computing() -> None:
    with limits(1, ENOUGH):
        time.sleep(1.2)


def test_waiting_for_ever_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "BUSY", 1)
    with pytest.raises(TooLong), limits(1, ENOUGH):
        time.sleep(60)
