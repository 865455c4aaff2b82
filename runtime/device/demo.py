"""`zhouyi-demo`: a binary on raw files, frame by frame, with the lines of the original.

Its time is what the machine takes, which is simulated; the host's is not in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import AipuError
from ..files import read_file, write_file
from .codes import TensorType
from .context import Context
from .messages import DeviceError
from .running import read_inputs

Say = Callable[[str], None]


@dataclass(frozen=True)
class Demo:
    """What is run, and what happens with its output.

    check: holds the outputs as they should be, one after another.
    dump_folder: where the outputs of each frame are written to; made if need be.
    """

    binary: Path
    inputs: Sequence[Path]
    check: Path | None = None
    dump_folder: Path | None = None
    frames: int = 1
    timed: bool = False

    def run(self, say: Say) -> bool:
        """Run all frames; whether every one gave what it should.

        Raises:
            AipuError: a file cannot be read or written, has a wrong size, or the binary
                cannot be run.
        """
        say(f"[DEMO INFO] bin file: {self.binary}")
        say(f"[DEMO INFO] idata file: {' '.join(map(str, self.inputs))}")
        if self.check is not None:
            say(f"[DEMO INFO] check file: {self.check}")
        if self.dump_folder is not None:
            say(f"[DEMO INFO] dump dir: {self.dump_folder}")
            self.dump_folder.mkdir(parents=True, exist_ok=True)
        context = Context()
        try:
            graph = context.load(self.binary)
            say("[DEMO INFO] AIPU load graph successfully.")
            inputs = read_inputs(context, graph, self.inputs)
            expected = self.check and read_file(self.check)
            passed = [
                self._frame(context, graph, inputs, frame, expected, say)
                for frame in range(self.frames)
            ]
            return all(passed)
        except DeviceError as error:
            raise AipuError(str(error), place=str(self.binary)) from None
        finally:
            context.close()

    def _frame(
        self,
        context: Context,
        graph: int,
        inputs: Sequence[bytes],
        frame: int,
        expected: bytes | None,
        say: Say,
    ) -> bool:
        say(f"[DEMO INFO] frame: {frame}")
        id = context.create_job(graph)
        job = context.job(id)
        for number, data in enumerate(inputs):
            job.load(number, data)
        context.finish(id, -1)
        if self.timed:
            microseconds = round(job.graph.profile.seconds * 1e6)
            seconds, rest = divmod(microseconds, 1_000_000)
            say(f"[DEMO INFO] cost: {seconds}s, {rest}us")
        say("[DEMO INFO] AIPU finish job successfully")
        count = len(context.graph(graph).outputs)
        output = b"".join(job.tensor(TensorType.OUTPUT, n) for n in range(count))
        passed = expected is None or output == expected[: len(output)]
        if expected is not None:
            right, wrong = "INFO] Result check PASS!", "ERROR] Result check FAILED!"
            say(f"[DEMO {right if passed else wrong}")
        if self.dump_folder is not None:
            name = f"Graph{graph}_Frame{frame}_Job{id}_Output.bin"
            write_file(self.dump_folder / name, output)
            say(f"[DEMO INFO] Dump output data to: {self.dump_folder / name}")
        context.clean_job(id)
        return passed
