"""Options of a pass: words become values of the types that its fields have."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import Literal

import pytest
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from aipu.errors import AipuError
from aipu.passes.running.options import pass_text
from aipu.passes.running.pipeline import build_pipeline


class Order(Enum):
    ROWS = "rows"
    COLUMNS = "columns"


@dataclass(frozen=True)
class Every(ModulePass):
    """A pass with an option of every type."""

    name = "every"

    order: Order = Order.ROWS
    mode: Literal["fast", "exact"] = "fast"
    level: Literal[1, 2] = 1
    file: Path = Path("none")
    maybe: Path | None = None
    limit: float = 1.0
    depth: int | None = 3
    loud: bool = False
    note: str = ""
    sizes: tuple[int, ...] = ()
    pair: tuple[int, float] = (1, 2.0)
    names: Sequence[str] = ()
    orders: tuple[Order, ...] = ()
    reals: tuple[float, ...] | None = None

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        pass


def made(options: str) -> Every:
    (made,) = build_pipeline(f"every{{{options}}}", {"every": lambda: Every})
    assert isinstance(made, Every)
    return made


VALUES = [
    ("order=columns", Order.COLUMNS),
    ("mode=exact", "exact"),
    ("level=2", 2),
    ('file="a b/c.txt"', Path("a b/c.txt")),
    ("file=c.txt", Path("c.txt")),
    ("maybe=c.txt", Path("c.txt")),
    ("maybe", None),
    ("limit=2", 2.0),
    ("depth=7", 7),
    ("depth", None),
    ("loud", True),
    ("loud=false", False),
    ("note=words", "words"),
    ("sizes=1,2,3", (1, 2, 3)),
    ("pair=4,5", (4, 5.0)),
    ("names=a,b", ("a", "b")),
    ("orders=rows,columns", (Order.ROWS, Order.COLUMNS)),
    ("reals=1,2.5", (1.0, 2.5)),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_words_become_a_value(text: str, value: object) -> None:
    found = getattr(made(text), text.partition("=")[0])
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", [text for text, _ in VALUES])
def test_a_pass_is_written_as_it_is_read(text: str) -> None:
    (again,) = build_pipeline(pass_text(made(text)), {"every": lambda: Every})
    assert again == made(text)


def test_only_what_is_not_usual_is_written() -> None:
    assert pass_text(Every()) == "every"
    assert pass_text(Every(order=Order.COLUMNS)) == 'every{order="columns"}'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("order=row", "takes one of rows, columns for the option 'order', found row"),
        ("mode=slow", "takes one of fast, exact for the option 'mode', found slow"),
        ("level=3", "takes one of 1, 2 for the option 'level', found 3"),
        ("file=3", "takes Path for the option 'file', found 3"),
        ("limit=low", "takes float for the option 'limit', found low"),
        ("limit=1,2", "takes float for the option 'limit', found 1,2"),
        ("depth=1.5", "for the option 'depth', found 1.5"),
        ("depth=true", "for the option 'depth', found True"),
        ("loud=1", "takes bool for the option 'loud', found 1"),
        ("note=1", "takes str for the option 'note', found 1"),
        ("sizes=1,x", "for the option 'sizes', found 1,x"),
        ("sizes", "for the option 'sizes', found nothing"),
        ("pair=1", "for the option 'pair', found 1"),
        ("orders=rows,cols", "for the option 'orders', found rows,cols"),
    ],
)
def test_what_is_no_value_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(AipuError) as caught:
        made(text)
    assert complaint in caught.value.message


def test_every_field_is_tried() -> None:
    assert {text.partition("=")[0] for text, _ in VALUES} == {
        field.name for field in fields(Every)
    }
