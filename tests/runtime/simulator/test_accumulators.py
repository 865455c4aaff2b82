"""Sums that wait for more depth, and are continued wrongly."""

import pytest

from aipu.tests.runtime.simulator.assembled import (
    FILL,
    LARGE,
    check,
    conv,
    fault,
    load,
    sync,
)

FIRST = conv("p", "q", "@first", depth="4 of 8 at 0")
LAST = conv("p", "q", "@last", depth="4 of 8 at 4")


def test_a_sum_is_continued_on_the_same_tile() -> None:
    check(*FILL, FIRST, LAST)
    narrow = LAST.replace("columns=4 channels", "columns=3 channels")
    message = fault(*FILL, FIRST, narrow)
    assert message == (
        "instruction 9 (mac.conv) of 'last' continues a sum of 1 x 3 x 4, but a sum of "
        "1 x 4 x 4 waits in the accumulators"
    )


@pytest.mark.parametrize(
    "before", [(), (FIRST, LAST), (FIRST, conv("p", "r[0]"))], ids=str
)
def test_a_sum_must_have_begun(before: tuple[str, ...]) -> None:
    message = fault(*FILL, *before, LAST)
    assert "continues a sum of 1 x 4 x 4, but no sum waits" in message


def test_a_sum_that_waits_must_fit_the_accumulators() -> None:
    """Those of the tiny machine are 256 bytes: 64 sums."""
    body = (*FILL, load("wide", "many", "signal a", size=80), sync("mac", "wait a"))
    share = conv("wide", "sums", "@node", rows="{}", depth="4 of 8 at 0")
    check(*body, share.format(4), buffers=LARGE)
    assert fault(*body, share.format(5), buffers=LARGE) == (
        "instruction 10 (mac.conv) of 'node' leaves sums of 320 bytes, the "
        "accumulators of tiny hold 256"
    )
