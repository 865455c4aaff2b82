"""The text of an IR: a header and layers, blocks of `key=value` with a line between.

    model_name=tiny
    layer_number=1
                              the header ends at an empty line, as every layer does
    layer_id=0
    layer_name=x
    layer_type=Input

What a text says is kept as it is written, so that reading and writing it changes
nothing, and keys that nobody here knows survive.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...errors import AipuError
from .block import Block


@dataclass(frozen=True)
class Text:
    """The header and the layers; `open_end` if no empty line follows the last."""

    header: Block
    layers: Sequence[Block]
    open_end: bool = False


def read_text(text: str, file: str) -> Text:
    """The blocks of a text.

    Raises:
        AipuError: a line is no `key=value`, a key stands twice in a block, or the
            number of layers is not the one that the header says.
    """
    blocks = list(_blocks(text, file))
    if not blocks:
        raise AipuError("expected an IR, found an empty text", place=file)
    header, *layers = blocks
    promised = header.integer("layer_number")
    for block in layers:
        if "subgraph_name" in block:
            raise AipuError(
                "a network with subgraphs is not supported",
                place=block.place("subgraph_name"),
            )
    if promised != len(layers):
        raise header.wrong("layer_number", f"the text has {len(layers)} layers")
    return Text(header, layers, open_end=not text.endswith("\n\n"))


def _blocks(text: str, file: str) -> Iterator[Block]:
    fields: dict[str, str] = {}
    first = 1
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.removesuffix("\r")
        if line:
            if not fields:
                first = number
            key, equals, value = line.partition("=")
            if not equals or not key.isidentifier():
                shown = line if len(line) <= 60 else line[:57] + "..."
                raise AipuError(
                    f"expected 'key=value', found '{shown}'", place=f"{file}:{number}"
                )
            if key in fields:
                raise AipuError(
                    f"'{key}' stands twice in one block", place=f"{file}:{number}"
                )
            fields[key] = value
        elif fields:
            yield Block(fields, file, first)
            fields = {}
    if fields:
        yield Block(fields, file, first)


def write_text(text: Text) -> str:
    """The text of the blocks: what `read_text` was given, byte by byte."""
    written = "\n".join(map(_block_text, (text.header, *text.layers)))
    return written if text.open_end else f"{written}\n"


def _block_text(block: Block) -> str:
    return "".join(f"{key}={value}\n" for key, value in block.fields.items())
