"""What a status means, and what to do about it, in a sentence each."""

from collections.abc import Mapping

from .codes import Status

MESSAGES: Mapping[Status, str] = {
    Status.SUCCESS: "it worked",
    Status.ERROR_NULL_PTR: "a pointer is NULL: give the address of a variable",
    Status.ERROR_INVALID_CTX: "no such context: call aipu_init_context first",
    Status.ERROR_OPEN_DEV_FAIL: "the device cannot be opened",
    Status.ERROR_DEV_ABNORMAL: "the device does not answer as it should",
    Status.ERROR_DEINIT_FAIL: "the context cannot be given back",
    Status.ERROR_INVALID_CONFIG: "the configuration is not as it should be",
    Status.ERROR_UNKNOWN_BIN: "no binary that this driver knows",
    Status.ERROR_GVERSION_UNSUPPORTED: "a binary of a version that is not supported",
    Status.ERROR_INVALID_GBIN: "the binary is damaged, or nothing of it can be run",
    Status.ERROR_TARGET_NOT_FOUND: "the binary is for a machine that is not here",
    Status.ERROR_INVALID_GRAPH_ID: "no such graph: it was not loaded, or is unloaded",
    Status.ERROR_OPEN_FILE_FAIL: "the file cannot be opened",
    Status.ERROR_MAP_FILE_FAIL: "the file cannot be mapped into memory",
    Status.ERROR_READ_FILE_FAIL: "the file cannot be read",
    Status.ERROR_WRITE_FILE_FAIL: "the file cannot be written",
    Status.ERROR_INVALID_JOB_ID: "no such job: it was not created, or is cleaned",
    Status.ERROR_JOB_EXCEPTION: "the job ended in an exception",
    Status.ERROR_JOB_TIMEOUT: "the job was not done within the time",
    Status.ERROR_OP_NOT_SUPPORTED: "not supported here",
    Status.ERROR_INVALID_OP: "not now: the job is not in a state for this call",
    Status.ERROR_INVALID_SIZE: "the size is not that of the tensor",
    Status.ERROR_BUF_ALLOC_FAIL: "there is no memory left for a buffer",
    Status.ERROR_BUF_FREE_FAIL: "no such buffer to free",
    Status.ERROR_INVALID_CORE_ID: "no such core: there is one, number 0",
    Status.ERROR_RESERVE_SRAM_FAIL: "the SRAM cannot be reserved",
    Status.ERROR_INVALID_TENSOR_ID: "no such tensor: ask aipu_get_tensor_count",
    Status.ERROR_INVALID_CLUSTER_ID: "no such cluster: there is one, number 0",
    Status.ERROR_INVALID_PARTITION_ID: "no such partition: there is one, number 0",
    Status.ERROR_PRINTF_FAIL: "nothing can be printed from the buffer",
    Status.ERROR_INVALID_TENSOR_TYPE: "no such type of tensors",
    Status.ERROR_INVALID_GM: "no such region of global memory",
    Status.ERROR_INVALID_SEGMMU: "the segments of the memory unit are wrong",
    Status.ERROR_INVALID_QOS: "no such quality of service",
    Status.ERROR_INVALID_TENSOR_CNT: "the number of tensors is wrong",
    Status.ERROR_TIMEOUT: "the device did not answer within the time",
    Status.ERROR_NO_BATCH_QUEUE: "no such batch queue, or nothing is in it",
    Status.ERROR_MARK_SHARED_TENSOR: "the tensor cannot be marked as shared",
    Status.ERROR_SET_SHARED_TENSOR: "the shared tensor cannot be set",
    Status.ERROR_DMABUF_SHARED_IO: "the shared buffer cannot be used for the tensor",
    Status.ERROR_GET_SHAPE_FAILED: "the shape is not known",
    Status.ERROR_SET_SHAPE_FAILED: "the shape cannot be set: shapes are static",
    Status.ERROR_NOT_CONFIG_SHAPE: "the shapes of the inputs are not configured",
    Status.ERROR_UNMATCH_OUT_SHAPE: "the shape of the output is another one",
    Status.ERROR_ZERO_TENSOR_SIZE: "a tensor has no elements",
    Status.ERROR_ALLOC_GRIP_ID: "no grip is free for the job",
    Status.ERROR_ALLOC_GROUP_ID: "no group is free for the job",
    Status.ERROR_NOT_FOUND_IN_HASHTABLE: "the buffer is not known",
    Status.ERROR_INVALID_COREDUMP: "the core dump is not as it should be",
    Status.ERROR_JOB_DISPATCH_FAIL: "the job cannot be given to the machine",
    Status.ERROR_UNKNOWN_ERROR: "a fault of the driver itself: please report it",
}
LAYER = "a layer ended in an error"
UNKNOWN = "no such status"


def message(status: int) -> str:
    """A status in words."""
    try:
        return MESSAGES.get(Status(status), LAYER if status >= 0x200 else UNKNOWN)
    except ValueError:
        return UNKNOWN


class DeviceError(Exception):
    """A call that does not work: its status, and what is behind it."""

    def __init__(self, status: Status, detail: str = ""):
        super().__init__(f"{message(status)}: {detail}" if detail else message(status))
        self.status = status
