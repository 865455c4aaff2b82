"""The protobuf messages of Caffe, as far as a network that is only run needs them.

`caffe.fields` lists them: a field is a name, a number, a type, `*` if it is repeated,
and its default. The numbers are those of Caffe's caffe.proto; 147 to 999 are of SSD's
and OpenCV's. From 1001 on they are ours, for layers that are only ever written as text.

The reals of a blob are read as bytes: a packed list is just that, and need not be
taken apart one by one.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

PACKAGE = "caffe"
SCALARS = {
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "float": FieldDescriptorProto.TYPE_FLOAT,
    "int32": FieldDescriptorProto.TYPE_INT32,
    "int64": FieldDescriptorProto.TYPE_INT64,
    "string": FieldDescriptorProto.TYPE_STRING,
    "uint32": FieldDescriptorProto.TYPE_UINT32,
}


class Fields:
    """A message by the types of its fields, each its default where nothing is said."""

    def __init__(self, message: Message):
        self.message = message

    def has(self, name: str) -> bool:
        """Whether a single field is given."""
        return self.message.HasField(name)

    def flag(self, name: str) -> bool:
        return getattr(self.message, name)

    def integer(self, name: str) -> int:
        return getattr(self.message, name)

    def integers(self, name: str) -> list[int]:
        return list(getattr(self.message, name))

    def real(self, name: str) -> float:
        return _shortest(getattr(self.message, name))

    def reals(self, name: str) -> list[float]:
        return [_shortest(value) for value in getattr(self.message, name)]

    def text(self, name: str) -> str:
        return getattr(self.message, name)

    def texts(self, name: str) -> list[str]:
        return list(getattr(self.message, name))

    def data(self, name: str) -> bytes:
        return getattr(self.message, name)

    def choice(self, name: str) -> str:
        """The name of a member of an enumeration."""
        members = self.message.DESCRIPTOR.fields_by_name[name].enum_type
        assert members is not None
        return members.values_by_number[getattr(self.message, name)].name

    def fields(self, name: str) -> "Fields":
        return Fields(getattr(self.message, name))

    def all_fields(self, name: str) -> "list[Fields]":
        return [Fields(message) for message in getattr(self.message, name)]


def _shortest(value: float) -> float:
    """The decimal that was meant, where float32 holds a neighbour of it."""
    return float(f"{value:.7g}")


def network() -> Message:
    """An empty `NetParameter`."""
    return _network()()


@cache
def kinds() -> Mapping[str, Mapping[str, str]]:
    """The type of each field of each message: another message, or a scalar."""
    found: dict[str, dict[str, str]] = {}
    message: dict[str, str] = {}
    for line in _lines():
        if line.startswith(" "):
            name, _, kind, *_ = line.split()
            message[name] = kind.removesuffix("*")
        else:
            message = found[line] = {}
    return found


def _lines() -> list[str]:
    text = files("aipu.frontends.caffe").joinpath("caffe.fields").read_text("utf-8")
    return list(filter(None, text.splitlines()))


@cache
def _network() -> type[Message]:
    file = FileDescriptorProto(name="caffe.proto", package=PACKAGE, syntax="proto2")
    for line in _lines():
        if line.startswith(" "):
            _add_field(file.message_type[-1], *line.split())
        else:
            file.message_type.add(name=line)
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.NetParameter"))


def _add_field(
    message: DescriptorProto, name: str, number: str, kind: str, default: str = ""
) -> None:
    field = message.field.add(name=name, number=int(number))
    repeated = kind.endswith("*")
    field.label = (
        FieldDescriptorProto.LABEL_REPEATED
        if repeated
        else FieldDescriptorProto.LABEL_OPTIONAL
    )
    kind = kind.removesuffix("*")
    if kind in SCALARS:
        field.type = SCALARS[kind]
    elif kind.startswith("{"):
        field.type = FieldDescriptorProto.TYPE_ENUM
        field.type_name = _add_enum(message, name, kind.strip("{}"))
    else:
        field.type = FieldDescriptorProto.TYPE_MESSAGE
        field.type_name = f".{PACKAGE}.{kind}"
    if default:
        field.default_value = default


def _add_enum(message: DescriptorProto, field: str, members: str) -> str:
    """An enumeration of a field's own; its whole name."""
    enum = message.enum_type.add(name=f"{field.title()}Kind")
    for member in members.split(","):
        name, _, number = member.partition("=")
        enum.value.add(name=name, number=int(number))
    return f".{PACKAGE}.{message.name}.{enum.name}"
