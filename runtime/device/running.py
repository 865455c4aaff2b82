"""A graph on raw files, once, on its own machine: what `aipurun` does."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import AipuError
from ..files import read_file, write_file
from .codes import TensorType
from .context import Context
from .messages import DeviceError


def read_inputs(context: Context, graph: int, files: Sequence[Path]) -> list[bytes]:
    """The bytes of the inputs of a graph.

    Raises:
        AipuError: there are too many files or too few, or one has a wrong size.
    """
    tensors = context.graph(graph).inputs
    if len(tensors) != len(files):
        raise AipuError(
            f"the graph has {len(tensors)} inputs "
            f"({', '.join(tensor.name for tensor in tensors)}), found {len(files)} "
            "files"
        )
    read = [read_file(path) for path in files]
    for path, data, tensor in zip(files, read, tensors, strict=True):
        if len(data) != tensor.bytes:
            raise AipuError(
                f"expected {tensor.bytes} bytes, {tensor.kind} {list(tensor.shape)}, "
                f"for '{tensor.name}', found {len(data)}",
                place=str(path),
            )
    return read


def run_files(
    binary: Path, inputs: Sequence[Path], outputs: Sequence[Path]
) -> Iterator[str]:
    """Run a graph, and write its outputs; a line for each, and one for the cycles.

    Raises:
        AipuError: a file cannot be read or written, has a wrong size, or the binary
            cannot be run.
    """
    context = Context()
    context.configuration.checks = False
    try:
        graph = context.load(binary)
        loaded = context.graph(graph)
        if len(outputs) != len(loaded.outputs):
            raise AipuError(
                f"the graph has {len(loaded.outputs)} outputs, found {len(outputs)} "
                "files for them"
            )
        job = context.job(context.create_job(graph))
        for number, data in enumerate(read_inputs(context, graph, inputs)):
            job.load(number, data)
        context.finish(job.id, -1)
        for number, (path, tensor) in enumerate(
            zip(outputs, loaded.outputs, strict=True)
        ):
            write_file(path, job.tensor(TensorType.OUTPUT, number))
            yield f"{tensor.name}: {tensor.kind} {list(tensor.shape)}, wrote {path}"
        profile = loaded.profile
        yield f"{profile.cycles} cycles, {profile.seconds * 1000:.3f} ms on the machine"
    except DeviceError as error:
        raise AipuError(str(error), place=str(binary)) from None
    finally:
        context.close()
