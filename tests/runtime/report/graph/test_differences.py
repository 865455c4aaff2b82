"""What differs between packages is said of the operators that differ, no others."""

import pytest

from aipu import compile
from aipu.runtime.building.package import Package
from aipu.runtime.report.findings import findings
from aipu.runtime.report.graph.built import Known
from aipu.runtime.report.graph.compared import compared_picture, signed
from aipu.runtime.report.graph.differences import Difference, differences
from aipu.tests.small_model import images, model_of, small_model


@pytest.fixture(scope="module")
def layerwise() -> Package:
    return compile(small_model(), strategy="layerwise", calibration=images(8))


@pytest.fixture(scope="module")
def together() -> Package:
    return compile(small_model(), strategy="dp", calibration=images(8))


@pytest.fixture(scope="module")
def pinned() -> Package:
    return compile(
        small_model(), strategy="layerwise", calibration=images(8), host=["depth"]
    )


def between(first: Package, second: Package) -> dict[str, Difference]:
    return differences(Known(findings(first)), Known(findings(second)))


def test_a_package_is_like_itself(layerwise: Package) -> None:
    found = between(layerwise, layerwise)
    assert {name for name, each in found.items() if each.kinds} == set()
    assert {"first", "depth", "normal", "classes"} <= found.keys()


def test_changes_add_up_to_those_of_the_report(
    layerwise: Package, together: Package
) -> None:
    found = between(layerwise, together)
    first, second = layerwise.report, together.report
    for figure in ("cycles", "dram_bytes"):
        change = sum(getattr(each, figure) for each in found.values())
        assert change == int(str(second[figure])) - int(str(first[figure])) != 0


def test_who_runs_together_otherwise_has_another_schedule(
    layerwise: Package, together: Package
) -> None:
    found = between(layerwise, together)
    assert "schedule" in found["depth"].kinds
    assert found["normal"].kinds == []
    assert found["depth"].second is not None
    assert "first" in found["depth"].second.together


def test_a_side_that_changes_is_told(layerwise: Package, pinned: Package) -> None:
    found = between(layerwise, pinned)
    assert "side" in found["depth"].kinds
    assert found["depth"].cycles < 0
    assert "side" not in found["second"].kinds
    converters = [each for each in found.values() if each.kinds == ["alone"]]
    assert converters
    assert all(each.first is None or each.second is None for each in converters)


def test_marks_are_on_what_differs(layerwise: Package, pinned: Package) -> None:
    known = Known(findings(pinned))
    found = differences(Known(findings(layerwise)), known)
    picture = compared_picture(known, found, "second")
    for spot in picture.spots:
        kinds = found[spot.told.name].kinds if spot.told.name in found else []
        assert ("changed" in spot.told.marks) == bool(set(kinds) - {"alone"})
        assert ("alone" in spot.told.marks) == ("alone" in kinds)
    depth = next(spot.told for spot in picture.spots if spot.told.name == "depth")
    assert dict(depth.facts)["side, change"] == "machine → host"


def test_networks_without_anything_in_common(layerwise: Package) -> None:
    other = compile(model_of("Relu", [1, 64]))
    found = between(layerwise, other)
    assert {kind for each in found.values() for kind in each.kinds} == {"alone"}


def test_signs() -> None:
    assert [signed(n, "7") for n in (3, -3, 0)] == ["+7", "-7", ""]
