"""`standard_api.h`: numbers from their tables, structures and calls from two texts.

Names, numbers and the layout of structures are those of the open driver's header, so
that programs written for it compile and link; the words are our own.
"""

import re
from enum import IntEnum
from pathlib import Path

from ..codes import (
    Config,
    DataType,
    DeviceStatus,
    Ioctl,
    JobStatus,
    Quality,
    Region,
    Share,
    Status,
    TensorType,
    api_name,
)

TYPES: dict[type[IntEnum], str] = {
    Status: "aipu_status_t",
    DataType: "aipu_data_type_t",
    TensorType: "aipu_tensor_type_t",
    JobStatus: "aipu_job_status_t",
    DeviceStatus: "device_status_t",
    Config: "aipu_config_type_t",
    Ioctl: "aipu_ioctl_cmd_t",
    Region: "aipu_mem_region_t",
    Quality: "aipu_job_qos_t",
    Share: "aipu_share_case_type_t",
}
FOLDER = Path(__file__).parent

HEAD = """\
/* The driver's API of the Zhouyi AIPU, on the simulator of aipu-compiler.

   Compile with this header, link with libaipudrv.so beside it. The same program, built
   with the board's own header and library, runs on the board. */

#ifndef _STANDARD_API_H_
#define _STANDARD_API_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
#define AIPU_DEFAULT(value) = value
extern "C" {
#else
#define AIPU_DEFAULT(value)
#endif

"""
TAIL = """
#ifdef __cplusplus
}
#endif

#endif
"""


def header() -> str:
    """The text of the header."""
    return HEAD + types() + "\n" + _text("calls.h") + TAIL


def types() -> str:
    """Enumerations and structures, in C."""
    enumerations = "\n".join(map(_enumeration, TYPES))
    return enumerations + "\n" + _text("structures.h")


def calls() -> str:
    """The declarations of all calls, in C."""
    return re.sub(r" AIPU_DEFAULT\(\w+\)", "", _text("calls.h"))


def _enumeration(kind: type[IntEnum]) -> str:
    lines = (f"    {api_name(member)} = {int(member):#x}," for member in kind)
    return "\n".join(["typedef enum {", *lines, f"}} {TYPES[kind]};", ""])


def _text(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")
