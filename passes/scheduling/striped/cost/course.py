"""What schedules do step by step, as numbers: of many forms, one beside another.

A form says which operators are a step and where tensors lie. A course says the same by
places, so that schedules of different forms go the same way: what one has fewer of than
another is nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import accumulate

import numpy as np

from ..stripes import Ints

NOWHERE, UNUSED = -1, -2
"""Places of no tensor: in one there never is anything; what is put into the other
nobody asks for.
"""

KINDS = FIRST, MIDDLE, LAST = range(3)
"""Kinds of stripes."""


@dataclass(frozen=True)
class Places:
    """Which places, those of tensors, the steps of a form have to do with: int64
    [steps, some] if nothing else is said.

    reads: which have to be there.
    looks_back: from which rows have to have moved, that the stripe before had.
    writes: into which results go.
    frees: which of these have to be free.
    uses: which the step is the last to need so far.
    keeps: in which rows move to where the next stripe looks for them.
    fills: whose padding is filled before.
    below: whose padding is filled below the last row [steps, 1].
    also: from which others read, too, [steps, 1].
    inputs: those of inputs that come for all channels, in the order in which they come
        [1, inputs].
    result: that of the result [1, 1].
    """

    reads: Ints
    looks_back: Ints
    writes: Ints
    frees: Ints
    uses: Ints
    keeps: Ints
    fills: Ints
    below: Ints
    also: Ints
    inputs: Ints
    result: Ints


@dataclass(frozen=True)
class Amounts:
    """How much it is that schedules do, int64 [..., schedules]. Of what differs by the
    kind of a stripe, there is one of each kind: [..., kinds, schedules].

    stripes: how many there are, of some images at once.
    ahead: 1 where what the group reads comes in behind the running stripe.
    twice: 1 where a place has more than one slot [places, schedules].
    maps: bytes, and transfers, of rows that come before anything is computed [2, ...].
    late: 1 where the first step does not wait for these.
    array, vector: cycles of a step [steps, kinds, ...].
    is_array: 1 where a step runs on the array [steps, ...].
    count: how many tiles a step has, 0 if its weights come once [steps, ...].
    slots: so many of them are there at once.
    tiles: bytes, and transfers, that come for all its tiles [2, steps, kinds, ...].
    stored: the same that goes from them.
    stores_tiles: 1 where the result goes tile by tile [steps, ...].
    keeps, fills: cycles in which rows of places move, or padding is filled [steps,
        some, ...].
    below: the same of padding below the last row [steps, ...].
    also: bytes, and transfers, that go of what others read [2, steps, kinds, ...].
    once: the same that comes before a step [2, steps, ...].
    inputs: the same that comes of inputs [2, inputs, kinds, ...].
    result: the same that goes of the result [2, kinds, ...].
    """

    stripes: Ints
    ahead: Ints
    twice: Ints
    maps: Ints
    late: Ints
    array: Ints
    vector: Ints
    is_array: Ints
    count: Ints
    slots: Ints
    tiles: Ints
    stored: Ints
    stores_tiles: Ints
    keeps: Ints
    fills: Ints
    below: Ints
    also: Ints
    once: Ints
    inputs: Ints
    result: Ints


@dataclass(frozen=True)
class Course:
    """What the schedules of a form do, and where."""

    places: Places
    amounts: Amounts


@dataclass(frozen=True)
class Courses:
    """What schedules of several forms do, one form beside another: of each so many as
    `widths` says do it in the same places, int64 [..., forms].
    """

    places: Places
    amounts: Amounts
    widths: Sequence[int]


def beside(courses: Sequence[Course]) -> Courses:
    """Courses of as many steps one beside another: what one has fewer of is nothing."""
    if len(courses) == 1:
        (one,) = courses
        places = {
            each.name: getattr(one.places, each.name)[..., None]
            for each in fields(Places)
        }
        return Courses(Places(**places), one.amounts, [len(one.amounts.stripes)])
    widths = [len(each.amounts.stripes) for each in courses]
    ends = [*accumulate(widths)]
    places: dict[str, Ints] = {}
    for each in fields(Places):
        nothing = NOWHERE if each.name in ("reads", "looks_back", "frees") else UNUSED
        some = [getattr(course.places, each.name) for course in courses]
        shape = np.max([one.shape for one in some], axis=0)
        table = np.full((*shape, len(courses)), nothing)
        for number, one in enumerate(some):
            table[: one.shape[0], : one.shape[1], number] = one
        places[each.name] = table
    amounts: dict[str, Ints] = {}
    for each in fields(Amounts):
        some = [getattr(course.amounts, each.name) for course in courses]
        shape = np.max([one.shape for one in some], axis=0)
        table = np.zeros((*shape[:-1], ends[-1]), np.int64)
        for end, width, one in zip(ends, widths, some, strict=True):
            inner = (*map(slice, one.shape[:-1]), slice(end - width, end))
            table[inner] = one
        amounts[each.name] = table
    return Courses(Places(**places), Amounts(**amounts), widths)
