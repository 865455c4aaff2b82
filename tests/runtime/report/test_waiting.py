"""What a layer waits for, against a plain loop over every cycle."""

from collections import Counter

from aipu.dialects.aipu import Engine
from aipu.runtime.building.package import Package
from aipu.runtime.report.waiting import waiting

COMPUTING = (Engine.MAC, Engine.VECTOR)


def test_waiting_adds_up_to_the_causes(package: Package) -> None:
    for profile in package.profile.entries:
        found: Counter[tuple[str, str]] = Counter()
        for each in waiting(profile):
            found[each.layer, each.cause] += each.end - each.start
        for layer in profile.layers:
            for cause in ("launch", "dma_wait", "sync"):
                assert found[layer.name, cause] == layer.causes[cause]


def test_nothing_computes_while_a_layer_waits(package: Package) -> None:
    for profile in package.profile.entries:
        engines = [profile.stream.issues[n].engine for n in profile.stream.issue_of]
        starts, ends = profile.timeline.start.tolist(), profile.timeline.end.tolist()
        computing: set[int] = set()
        for engine, start, end in zip(engines, starts, ends, strict=True):
            if engine in COMPUTING:
                computing.update(range(start, end))
        for each in waiting(profile):
            assert not computing.intersection(range(each.start, each.end))


def test_waiting_is_in_order(package: Package) -> None:
    for profile in package.profile.entries:
        bounds = [(each.start, each.end) for each in waiting(profile)]
        flat = [cycle for bound in bounds for cycle in bound]
        assert flat == sorted(flat)
        assert all(start < end for start, end in bounds)
