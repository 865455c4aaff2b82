"""Which files of a build go to the board, said as it is."""

from collections.abc import Iterator

from .places import ir_names
from .settings import Settings


def board_lines(wanted: Settings, strange_layers: int) -> Iterator[str]:
    """What a person with a board does next.

    Args:
        wanted: what was built.
        strange_layers: those of the quantised IR that it has no words for.
    """
    _, name = ir_names(wanted)
    base = wanted.output_dir / name
    yield (
        "for the board: the binary is for the simulator here, as the chip's "
        "instruction set is not public"
    )
    if strange_layers:
        yield (
            f"for the board: {base}.txt is not for the vendor's builder, which does "
            f"not know {strange_layers} of its layers"
        )
    else:
        yield (
            f"for the board: {base}.txt and .bin are the quantised network for the "
            f"vendor's builder, aipugb {base}.txt -w {base}.bin; nobody tried it here"
        )
