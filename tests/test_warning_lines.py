"""Warnings become lines: one for each message, whatever the number of places."""

from aipu.warning_lines import Warnings


def test_a_message_names_its_place() -> None:
    warnings = Warnings()
    warnings.add("its axis is none", "tensor 'bias'")
    warnings.add("two subgraphs are left out")
    assert warnings.lines() == (
        "tensor 'bias': its axis is none",
        "two subgraphs are left out",
    )


def test_the_same_of_several_places_is_one_line() -> None:
    warnings = Warnings()
    for place in ("node 'a'", "node 'b'", "node 'a'", "node 'c'"):
        warnings.add("dropout is left out", place)
    assert warnings.lines() == ("node 'a' and 2 more: dropout is left out",)


def test_lines_of_before_come_first() -> None:
    warnings = Warnings(["the model said so"])
    warnings.add("and the data too")
    assert warnings.lines() == ("the model said so", "and the data too")
