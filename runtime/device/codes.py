"""The numbers of the driver's API, by their names without the prefix that C needs."""

from enum import IntEnum


class Status(IntEnum):
    """What every call returns; `messages` says each in words."""

    SUCCESS = 0x0
    ERROR_NULL_PTR = 0x1
    ERROR_INVALID_CTX = 0x2
    ERROR_OPEN_DEV_FAIL = 0x3
    ERROR_DEV_ABNORMAL = 0x4
    ERROR_DEINIT_FAIL = 0x5
    ERROR_INVALID_CONFIG = 0x6
    ERROR_UNKNOWN_BIN = 0x7
    ERROR_GVERSION_UNSUPPORTED = 0x8
    ERROR_INVALID_GBIN = 0x9
    ERROR_TARGET_NOT_FOUND = 0xA
    ERROR_INVALID_GRAPH_ID = 0xB
    ERROR_OPEN_FILE_FAIL = 0xC
    ERROR_MAP_FILE_FAIL = 0xD
    ERROR_READ_FILE_FAIL = 0xE
    ERROR_WRITE_FILE_FAIL = 0xF
    ERROR_INVALID_JOB_ID = 0x10
    ERROR_JOB_EXCEPTION = 0x11
    ERROR_JOB_TIMEOUT = 0x12
    ERROR_OP_NOT_SUPPORTED = 0x13
    ERROR_INVALID_OP = 0x14
    ERROR_INVALID_SIZE = 0x15
    ERROR_BUF_ALLOC_FAIL = 0x16
    ERROR_BUF_FREE_FAIL = 0x17
    ERROR_INVALID_CORE_ID = 0x18
    ERROR_RESERVE_SRAM_FAIL = 0x19
    ERROR_INVALID_TENSOR_ID = 0x1A
    ERROR_INVALID_CLUSTER_ID = 0x1B
    ERROR_INVALID_PARTITION_ID = 0x1C
    ERROR_PRINTF_FAIL = 0x1D
    ERROR_INVALID_TENSOR_TYPE = 0x1E
    ERROR_INVALID_GM = 0x1F
    ERROR_INVALID_SEGMMU = 0x20
    ERROR_INVALID_QOS = 0x21
    ERROR_INVALID_TENSOR_CNT = 0x22
    ERROR_TIMEOUT = 0x23
    ERROR_NO_BATCH_QUEUE = 0x24
    ERROR_MARK_SHARED_TENSOR = 0x25
    ERROR_SET_SHARED_TENSOR = 0x26
    ERROR_DMABUF_SHARED_IO = 0x27
    ERROR_GET_SHAPE_FAILED = 0x28
    ERROR_SET_SHAPE_FAILED = 0x29
    ERROR_NOT_CONFIG_SHAPE = 0x30
    ERROR_UNMATCH_OUT_SHAPE = 0x31
    ERROR_ZERO_TENSOR_SIZE = 0x32
    ERROR_ALLOC_GRIP_ID = 0x33
    ERROR_ALLOC_GROUP_ID = 0x34
    ERROR_NOT_FOUND_IN_HASHTABLE = 0x35
    ERROR_INVALID_COREDUMP = 0x36
    ERROR_JOB_DISPATCH_FAIL = 0x37
    MAX = 0x38
    ERROR_UNKNOWN_ERROR = 0x200
    ERROR_KEYBOARD_INTERRUPT = 0x300
    ERROR_SYSTEM_ERR = 0x301
    ERROR_OUT_OF_SPEC = 0x380
    ERROR_OUT_OF_AIFF_SPEC = 0x381
    ERROR_OUT_OF_TPC_SPEC = 0x382
    ERROR_OUT_OF_DMA_SPEC = 0x383
    ERROR_OUT_OF_MEM_RANGE = 0x400
    ERROR_OUT_OF_SRAM_RANGE = 0x401
    ERROR_OUT_OF_LSRAM0_RANGE = 0x402
    ERROR_OUT_OF_LSRAM1_RANGE = 0x403
    ERROR_OUT_OF_LSRAM_RANGE = 0x404
    ERROR_OUT_OF_GSRAM0_RANGE = 0x405
    ERROR_OUT_OF_GSRAM1_RANGE = 0x406
    ERROR_OUT_OF_GSRAM_RANGE = 0x407
    ERROR_ARITHMETIC_ERR = 0x480
    ERROR_FLOAT_POINT_ERR = 0x481
    ERROR_UNDERFLOW_ERR = 0x482
    ERROR_OVERFLOW_ERR = 0x483
    ERROR_NOT_A_NUMBER_ERR = 0x484
    ERROR_INFINITY_ERR = 0x485
    ERROR_STRING_LENGTH_ERR = 0x486
    ERROR_ZERO_DIVISION_ERR = 0x487


class DataType(IntEnum):
    """Kinds of elements; those of a binary have these numbers there, too."""

    NONE = 0x0
    BOOL = 0x1
    U8 = 0x2
    S8 = 0x3
    U16 = 0x4
    S16 = 0x5
    U32 = 0x6
    S32 = 0x7
    U64 = 0x8
    S64 = 0x9
    F16 = 0xA
    F32 = 0xB
    F64 = 0xC
    BF16 = 0xD
    ALIGNED_U4 = 0x12
    ALIGNED_S4 = 0x13
    ALIGNED_U12 = 0x14
    ALIGNED_S12 = 0x15
    COMPACT_U4 = 0x20
    COMPACT_S4 = 0x21
    COMPACT_U12 = 0x22
    COMPACT_S12 = 0x23


class TensorType(IntEnum):
    """What a tensor of a graph or a job is for."""

    INPUT = 0
    OUTPUT = 1
    INTER_DUMP = 2
    PRINTF = 3
    PROFILER = 4
    LAYER_COUNTER = 5
    ERROR_CODE = 6
    OUT_TENSOR_SHAPE = 7


class JobStatus(IntEnum):
    """How far a job is, as applications see it."""

    NO_STATUS = 0
    DONE = 1
    EXCEPTION = 2
    COREDUMP = 3


class DeviceStatus(IntEnum):
    """Whether the machine works."""

    IDLE = 0
    BUSY = 1
    EXCEPTION = 2


class Config(IntEnum):
    """What a configuration is of; those of dumps add up."""

    JOB_CONFIG_TYPE_DUMP_TEXT = 0x1
    JOB_CONFIG_TYPE_DUMP_WEIGHT = 0x2
    JOB_CONFIG_TYPE_DUMP_RODATA = 0x4
    JOB_CONFIG_TYPE_DUMP_DESCRIPTOR = 0x8
    JOB_CONFIG_TYPE_DUMP_INPUT = 0x10
    JOB_CONFIG_TYPE_DUMP_OUTPUT = 0x20
    JOB_CONFIG_TYPE_DUMP_REUSE = 0x40
    JOB_CONFIG_TYPE_DUMP_TCB_CHAIN = 0x80
    JOB_CONFIG_TYPE_DUMP_EMULATION = 0x100
    JOB_CONFIG_TYPE_DUMP_PROFILE = 0x200
    JOB_CONFIG_TYPE_DYNAMIC_PARAMS = 0x400
    CONFIG_TYPE_SIMULATION = 0x10000
    CONFIG_TYPE_HW = 0x20000
    GLOBAL_CONFIG_TYPE_DISABLE_VER_CHECK = 0x1000000
    GLOBAL_CONFIG_TYPE_ENABLE_VER_CHECK = 0x2000000


class Ioctl(IntEnum):
    """Commands of `aipu_ioctl`."""

    SET_PROFILE = 255
    GET_AIPUBIN_BUILDVERSION = 256
    GET_DS_NUM = 257
    GET_DS_DIM_NUM = 258
    GET_DS_INFO = 259
    IS_DS = 260
    GET_DS_RANK = 261
    GET_DS_DIM_CONSTRAINT = 262
    SET_DYNAMIC_ASID1 = 263
    ALLOC_SHARE_BUF = 264
    FREE_SHARE_BUF = 265
    ALLOC_DMABUF = 266
    FREE_DMABUF = 267
    GET_DMABUF_INFO = 268
    WRITE_DMABUF = 269
    READ_DMABUF = 270
    ATTACH_DMABUF = 271
    DETACH_DMABUF = 272
    GET_VERSION = 273
    ABORT_CMDPOOL = 274
    ENABLE_TICKCOUNTER = 275
    DISABLE_TICKCOUNTER = 276
    RW_REGISTER = 277
    RW_MEMORY = 278
    SW_RESET = 279
    HW_RESET = 280


class Region(IntEnum):
    """Where a buffer may lie. All is DRAM here."""

    DEFAULT = 0
    SRAM = 1
    DTCM = 2


class Quality(IntEnum):
    """How urgent a job is. All are taken in their order here."""

    SLOW = 0
    HIGH = 1


class Share(IntEnum):
    """How buffers are shared. None is here."""

    BUF_IN_ONE_PROCESS = 0
    BUF_DMABUF = 1
    BUF_CUSTOMED = 2
    BUF_ATTACH_DMABUF = 3


PREFIXES: dict[type[IntEnum], str] = {
    Status: "AIPU_STATUS_",
    DataType: "AIPU_DATA_TYPE_",
    TensorType: "AIPU_TENSOR_TYPE_",
    JobStatus: "AIPU_JOB_STATUS_",
    DeviceStatus: "DEV_",
    Config: "AIPU_",
    Ioctl: "AIPU_IOCTL_",
    Region: "AIPU_MEM_REGION_",
    Quality: "AIPU_JOB_QOS_",
    Share: "AIPU_SHARE_",
}
"""How a name begins in C and in `libaipudrv`."""


def api_name(member: IntEnum) -> str:
    """The name of a number in C and in `libaipudrv`."""
    if member is JobStatus.COREDUMP:
        return "AIPU_JOB_COREDUMP"
    return PREFIXES[type(member)] + member.name
