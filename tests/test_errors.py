"""The message of an error, and the remedy for a misspelt name."""

from aipu.errors import AipuError, nearest


def test_a_message_names_place_and_remedy() -> None:
    error = AipuError("expected 3, found 4", place="conv1", remedy="take one away")
    assert str(error) == "conv1: expected 3, found 4\n  take one away"


def test_a_close_name_is_suggested() -> None:
    assert nearest("r328", ["tpu", "r329"]) == "did you mean 'r329'?"


def test_a_few_names_are_all_listed() -> None:
    assert nearest("xyz", ["tile", "ofm", "ifm"]) == "known: ifm, ofm, tile"


def test_many_names_are_cut_short() -> None:
    names = [f"layer{number}" for number in range(10, 35)]
    listed = ", ".join(names[:10])
    assert nearest("xyz", names) == f"known: {listed}, and 15 more"


def test_ten_names_are_not_cut() -> None:
    names = [f"layer{number}" for number in range(10, 20)]
    assert nearest("xyz", names) == f"known: {', '.join(names)}"
