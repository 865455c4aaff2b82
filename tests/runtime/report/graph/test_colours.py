"""Colours go in equal steps, and their legend says which."""

from aipu.runtime.report.graph.colours import AMOUNTS, by_amount, by_noise, by_side


def test_the_more_the_darker() -> None:
    amounts = dict(enumerate([0.0, 9.9, 10.1, 29.9, 30.1, 59.9, 60.0]))
    found = by_amount("cycles", "cycles", amounts, lambda number: f"{number:.0f}")
    steps = [AMOUNTS.index(found.colours[node]) for node in amounts]
    assert steps == [0, 0, 1, 2, 3, 5, 5]
    assert [text for _, text in found.legend] == [
        f"up to {number}" for number in (10, 20, 30, 40, 50, 60)
    ]
    assert [colour for colour, _ in found.legend] == list(AMOUNTS)


def test_nothing_is_pale() -> None:
    assert by_amount("c", "c", {1: 0.0}, str).colours == {1: AMOUNTS[0]}
    assert by_amount("c", "c", {}, str).colours == {}


def test_the_noisier_the_darker() -> None:
    found = by_noise({0: None, 1: 40.0, 2: 39.9, 3: 9.9, 4: -5.0, 5: 20.0})
    steps = [AMOUNTS.index(colour) for colour in found.colours.values()]
    assert steps == [0, 0, 1, 5, 5, 2]
    meanings = dict(found.legend)
    assert meanings[found.colours[1]] == "40 dB or more"
    assert meanings[found.colours[5]] == "below 30 dB"
    assert meanings[found.colours[3]] == "below 10 dB"


def test_sides_differ() -> None:
    found = by_side({0: "host", 1: "machine"})
    assert dict(found.legend) == {
        found.colours[0]: "host",
        found.colours[1]: "machine",
    }
    assert found.colours[0] != found.colours[1]
