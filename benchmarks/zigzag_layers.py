"""A machine and its layers in the words of ZigZag: the array holds weights.

A row of the array multiplies one product of a sum, a column is an ofm channel. So each
column is one of `K`, and the rows share out the sum: ifm channels `C` and the window,
`FX` by `FY`, in whichever whole numbers of each leave the fewest turns. A depthwise
convolution has a channel `G` a column and uses one row, as the machine does.
"""

from collections.abc import Mapping
from itertools import product

from aipu.backend_aipu.machine import ACCUMULATOR_BYTES, Machine
from aipu.passes.machine_forms.stage import Kind, Stage

BITS = 8
SUM_BITS = BITS * ACCUMULATOR_BYTES
WEIGHT, IFM, OFM = "I2", "I1", "O"

Words = dict[str, object]


def accelerator(machine: Machine) -> Words:
    """A machine: two weights a PE, accumulators, SRAM, DRAM.

    SRAM feeds every PE in every cycle. DRAM has the machine's bandwidth; a transfer has
    no latency there, and bursts no size.
    """
    array = machine.array
    wide = BITS * array.rows * array.columns
    maps = [IFM, WEIGHT, OFM]
    bus = round(BITS / machine.cycles_per_byte)
    return {
        "name": machine.name,
        "memories": {
            "weights": _memory(2 * BITS, [WEIGHT], [], (BITS, BITS)),
            "accumulators": _memory(
                BITS * array.accumulator_bytes,
                [OFM],
                ["D1", "D2"],
                (SUM_BITS, SUM_BITS * array.columns),
                two_ways=True,
            ),
            "sram": _memory(
                BITS * machine.sram.bytes, maps, ["D1", "D2"], (BITS, wide)
            ),
            "dram": _memory(
                BITS * machine.dram.bytes,
                maps,
                ["D1", "D2"],
                (bus, bus),
                shared=True,
            ),
        },
        "operational_array": {
            "unit_energy": machine.energy.mac,
            "unit_area": 0.0,
            "dimensions": ["D1", "D2"],
            "sizes": [array.columns, array.rows],
        },
    }


def _memory(
    bits: int,
    operands: list[str],
    serves: list[str],
    width: tuple[int, int],
    *,
    shared: bool = False,
    two_ways: bool = False,
) -> Words:
    """A memory and its ports, of so many bits a cycle at least and at most.

    shared: reads and writes take turns. two_ways: sums go to the memory above through
    ports of their own.
    """
    least, most = width
    reads = [f"{each}, tl" for each in operands]
    writes = [f"{each}, fh" for each in operands]
    up = (["O, th"], ["O, fl"]) if "O" in operands else ([], [])
    if shared:
        ports = {"rw_port_1": ("read_write", reads + writes + up[0] + up[1])}
    elif two_ways:
        ports = {
            "r_port_1": ("read", reads),
            "r_port_2": ("read", up[0]),
            "w_port_1": ("write", writes),
            "w_port_2": ("write", up[1]),
        }
    else:
        ports = {
            "r_port_1": ("read", reads + up[0]),
            "w_port_1": ("write", writes + up[1]),
        }
    return {
        "size": bits,
        "r_cost": 0.0,
        "w_cost": 0.0,
        "area": 0.0,
        "latency": 1,
        "operands": operands,
        "served_dimensions": serves,
        "ports": [
            {
                "name": name,
                "type": kind,
                "bandwidth_min": least,
                "bandwidth_max": most,
                "allocation": allocation,
            }
            for name, (kind, allocation) in ports.items()
        ],
    }


def layer(stage: Stage, machine: Machine) -> Words:
    """A layer, and how it lies on the array; `name` is the same for equal ones."""
    found = _depthwise(stage) if stage.kind is Kind.DEPTHWISE else _products(stage)
    sizes, equation = found
    down, across = stage.window.stride
    further_down, further_across = stage.window.dilation
    top, left, bottom, right = stage.window.pad
    workload: Words = {
        "id": 0,
        "operator_type": "Conv",
        "equation": equation,
        "dimension_relations": [
            f"ix={across}*ox+{further_across}*fx",
            f"iy={down}*oy+{further_down}*fy",
        ],
        "loop_dims": [*sizes],
        "loop_sizes": [*sizes.values()],
        "operand_precision": {"W": BITS, "I": BITS, "O": SUM_BITS, "O_final": BITS},
        "operand_source": {"W": 0, "I": 0},
        "pr_loop_dims": ["IX", "IY"],
        "pr_loop_sizes": [stage.ifm[2], stage.ifm[1]],
        "padding": [[left, right], [top, bottom]],
    }
    mapping: Words = {
        "name": "default",
        "spatial_mapping": unrolled(sizes, machine),
        "memory_operand_links": {"O": OFM, "W": WEIGHT, "I": IFM},
    }
    return {"workload": workload, "mapping": mapping}


def _products(stage: Stage) -> tuple[dict[str, int], str]:
    images, rows, columns, channels = stage.ofm
    sizes = {"B": images, "K": channels, "C": stage.ifm[3]}
    sizes |= {"OY": rows, "OX": columns}
    sizes |= {"FY": stage.window.kernel[0], "FX": stage.window.kernel[1]}
    return sizes, "O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]"


def _depthwise(stage: Stage) -> tuple[dict[str, int], str]:
    images, rows, columns, channels = stage.ofm
    sizes = {"B": images, "G": channels, "OY": rows, "OX": columns}
    sizes |= {"FY": stage.window.kernel[0], "FX": stage.window.kernel[1]}
    return sizes, "O[b][g][oy][ox]+=W[g][fy][fx]*I[b][g][iy][ix]"


def unrolled(sizes: Mapping[str, int], machine: Machine) -> dict[str, list[str]]:
    """What lies along the columns of the array, `D1`, and along its rows, `D2`."""
    across = "G" if "G" in sizes else "K"
    columns = min(sizes[across], machine.array.columns)
    found = {"D1": [f"{across}, {columns}"]}
    if across == "K":
        shares = _shares(sizes, machine.array.rows)
        found["D2"] = [f"{name}, {size}" for name, size in shares.items()]
    return found


def _shares(sizes: Mapping[str, int], rows: int) -> dict[str, int]:
    """How rows share out a sum in the fewest turns; rather by channels."""
    names = ("C", "FX", "FY")
    ways = product(*(range(1, min(rows, sizes[name]) + 1) for name in names))

    def turns(way: tuple[int, ...]) -> int:
        found = 1
        for name, size in zip(names, way, strict=True):
            found *= -(-sizes[name] // size)
        return found

    fitting = [way for way in ways if way[0] * way[1] * way[2] <= rows]
    best = min(fitting, key=lambda way: (turns(way), -way[0]))
    return {
        name: size
        for name, size in zip(names, best, strict=True)
        if size > 1 or (name == "C" and max(best) == 1)
    }
