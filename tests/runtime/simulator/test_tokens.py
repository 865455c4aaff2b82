"""A token goes from one engine to one other."""

import pytest

from aipu.tests.runtime.simulator.assembled import check, fault, launch, sync


@pytest.mark.parametrize("role", ["signal", "wait"])
def test_a_token_has_one_giver_and_one_taker(role: str) -> None:
    body = (launch(credits="a: 2"), sync("load", f"{role} a @one"))
    message = fault(*body, sync("mac", f"{role} a @two"))
    verb = {"signal": "gives", "wait": "takes"}[role]
    assert message == (
        f"instruction 2 (sync) of 'two' {verb} token 'a' in the queue of the mac "
        "engine; the load engine does so too"
    )
    check(*body, sync("load", f"{role} a @two"))
    check(*body, launch("later", "a: 1"), sync("mac", f"{role} a @two"))
