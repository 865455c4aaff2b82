"""What goes in and out of the driver's calls, field by field as the API names them."""

from dataclasses import dataclass, field

from .codes import DataType


@dataclass(frozen=True)
class TensorDescriptor:
    """A tensor: `real = scale * (stored - zero_point)`; bytes are its size."""

    id: int = 0
    size: int = 0
    scale: float = 0.0
    zero_point: int = 0
    data_type: DataType = DataType.NONE


@dataclass
class GlobalSimulation:
    """How the simulator is configured, before graphs are loaded.

    en_eval, en_fast_perf: count cycles with the numbers that follow, not the target's.
    freq_mhz: the clock; ddr_latency_rd: cycles before a transfer begins; ddr_bw: bits
    that DRAM gives a cycle; perf_report: a CSV file of the layers of every graph.
    npu_arch_desc: the machine that the device is, by its name or its .toml file.
    log_file_path: a folder, for a log; json_filename: a file for the layers as JSON.
    Nothing follows from the others.
    """

    simulator: str = ""
    log_file_path: str = ""
    npu_arch_desc: str = ""
    plugin_name: str = ""
    json_filename: str = ""
    log_level: int = 0
    gm_size: int = 0
    verbose: bool = False
    enable_avx: bool = False
    enable_calloc: bool = False
    en_eval: bool = False
    en_l2d: bool = False
    en_fast_perf: bool = False
    freq_mhz: int = 1000
    ddr_latency_rd: int = 0
    ddr_latency_wr: int = 0
    ddr_bw: int = 256
    ddr_bw_ratio: float = 1.0
    perf_report: str = "./perf.csv"


@dataclass
class GlobalHardware:
    """How the board is configured. Nothing follows from it here."""

    poll_in_commit_thread: bool = True
    enable_tec_done_irq: bool = True


@dataclass
class JobSimulation:
    """A folder for what the simulator leaves of a job; it must be there."""

    data_dir: str = ""


@dataclass
class JobDump:
    """Where a job leaves its dumps, and how their names begin."""

    dump_dir: str = ""
    prefix: str = ""
    output_prefix: str = ""
    misc_prefix: str = ""


@dataclass
class LoadGraph:
    """How a graph is loaded. Weights stand in the binary, so nothing follows."""

    wt_mem_region: int = 0
    wt_idxes: list[int] = field(default_factory=list)
    extra_weight_path: str = ""
    put_weight_gm: bool = False
    put_desc_gm: bool = False
    put_ws_gm: bool = False


@dataclass
class DynamicShapes:
    """Shapes of inputs; here they are static, so none can be given."""

    shape_items: list[list[int]] = field(default_factory=list)


@dataclass
class CreateJob:
    """How a job is created. There is one core, and one memory."""

    partition_id: int = 0
    dbg_dispatch: int = 0
    dbg_core_id: int = 0
    qos_level: int = 0
    fm_mem_region: int = 0
    fm_idxes: list[int] = field(default_factory=list)
    dynshape: DynamicShapes = field(default_factory=DynamicShapes)


@dataclass
class SharedTensor:
    """A buffer of somebody else for a tensor; not supported here."""

    type: int = 0
    tensor_idx: int = 0
    id: int = 0
    pa: int = 0
    dmabuf_fd: int = -1
    offset_in_dmabuf: int = 0
    shared_case_type: int = 0
