"""Damaged protobuf messages: numbers and names changed, so that all still parse."""

from collections.abc import Iterator, MutableMapping, MutableSequence
from dataclasses import dataclass

import numpy as np
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

NUMBERS = (0, -1, 1, 2, 3, 7, 99, 1 << 20, (1 << 31) - 1, -(1 << 31), 1 << 62)
REALS = (0.0, -1.0, 1e30, float("inf"), float("nan"))
LIMITS = {
    FieldDescriptor.CPPTYPE_INT32: (-(1 << 31), (1 << 31) - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(1 << 63), (1 << 63) - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, (1 << 32) - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, (1 << 64) - 1),
}
"""What fits in the integers of a field."""

Scalar = int | float | str | bytes


@dataclass
class Place:
    """A field that is set, and the message that holds it."""

    message: Message
    field: FieldDescriptor

    @property
    def value(self) -> object:
        return getattr(self.message, self.field.name)

    @property
    def name(self) -> str:
        """What fields of one kind share."""
        return self.field.full_name

    def texts(self) -> list[str | bytes]:
        """The strings in it."""
        found = self.value
        listed = list(found) if isinstance(found, MutableSequence) else [found]
        return [each for each in listed if isinstance(each, str | bytes)]


def message_mutants(message: Message, count: int, seed: int = 0) -> Iterator[bytes]:
    """The bytes of damaged copies of a message."""
    for number in range(count):
        damaged = type(message)()
        damaged.CopyFrom(message)
        Damage(np.random.default_rng([seed, number]), list(places(damaged))).apply()
        yield damaged.SerializePartialToString()


def places(message: Message) -> Iterator[Place]:
    """All fields that are set, in a message and in those that it holds."""
    for field, value in message.ListFields():
        yield Place(message, field)
        if isinstance(value, Message):
            held = [value]
        elif isinstance(value, MutableMapping):
            held = [value[key] for key in sorted(value)]
        else:
            held = list(value) if isinstance(value, MutableSequence) else []
        for each in held:
            if isinstance(each, Message):
                yield from places(each)


@dataclass
class Damage:
    """Changes one of the places of a message at random."""

    generator: np.random.Generator
    places: list[Place]

    def apply(self) -> None:
        place = self.places[self.below(len(self.places))]
        value = place.value
        if isinstance(value, Message):
            place.message.ClearField(place.field.name)
        elif isinstance(value, MutableMapping):
            del value[sorted(value)[self.below(len(value))]]
        elif isinstance(value, MutableSequence):
            self.change_list(place, value)
        else:
            setattr(place.message, place.field.name, self.other(place, value))

    def change_list(self, place: Place, value: MutableSequence) -> None:
        """Lose an element, have it twice, or have another."""
        at = self.below(len(value))
        match self.below(3):
            case 0:
                del value[at]
            case 1:
                value.append(value[at])
            case _ if isinstance(value[at], Message):
                value[at].Clear()
            case _:
                value[at] = self.other(place, value[at])

    def other(self, place: Place, found: object) -> Scalar:
        """A number of a few, or a string from the same field of another message."""
        if isinstance(found, str | bytes):
            alike = [other for other in self.places if other.name == place.name]
            texts = alike[self.below(len(alike))].texts()
            return texts[self.below(len(texts))]
        if isinstance(found, bool):
            return not found
        if isinstance(found, float):
            return REALS[self.below(len(REALS))]
        if place.field.enum_type is not None:
            members = place.field.enum_type.values
            return members[self.below(len(members))].number
        least, greatest = LIMITS[place.field.cpp_type]
        return min(max(NUMBERS[self.below(len(NUMBERS))], least), greatest)

    def below(self, end: int) -> int:
        return int(self.generator.integers(end))
