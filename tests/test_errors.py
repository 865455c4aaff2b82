"""What a user is told: errors, the remedy for a misspelt name, lines of warnings."""

from aipu.errors import AipuError, Warnings, nearest


def test_a_message_names_place_and_remedy() -> None:
    error = AipuError("expected 3, found 4", place="conv1", remedy="take one away")
    assert str(error) == "conv1: expected 3, found 4\n  take one away"


def test_a_close_name_is_suggested() -> None:
    assert nearest("r328", ["tpu", "r329"]) == "did you mean 'r329'?"


def test_a_few_names_are_all_listed() -> None:
    assert nearest("xyz", ["tile", "ofm", "ifm"]) == "known: ifm, ofm, tile"
    assert nearest("xyz", []) == "there are none"


def test_many_names_are_cut_short() -> None:
    names = [f"layer{number}" for number in range(10, 35)]
    listed = ", ".join(names[:10])
    assert nearest("xyz", names) == f"known: {listed} and 15 more"


def test_ten_names_are_not_cut() -> None:
    names = [f"layer{number}" for number in range(10, 20)]
    assert nearest("xyz", names) == f"known: {', '.join(names)}"


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
