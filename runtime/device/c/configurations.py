"""Configurations as C gives them: zeros and NULL are the defaults."""

from dataclasses import fields
from pathlib import Path

from ..codes import Status
from ..messages import DeviceError
from ..structures import GlobalSimulation, JobDump
from .memory import CMemory, Pointer, field, text_in


def simulation(memory: CMemory, config: Pointer) -> GlobalSimulation:
    """The configuration of the simulator."""
    found = memory.cast("aipu_global_config_simulation_t *", config)[0]
    wanted = GlobalSimulation()
    for each in fields(GlobalSimulation):
        is_text = isinstance(getattr(wanted, each.name), str)
        value = (
            text_in(memory, found, each.name) if is_text else field(found, each.name)
        )
        if value:
            setattr(wanted, each.name, value)
    return wanted


def dump(memory: CMemory, config: Pointer) -> JobDump:
    """What is dumped of a job."""
    found = memory.cast("aipu_job_config_dump_t *", config)[0]
    names = (each.name for each in fields(JobDump))
    return JobDump(*(text_in(memory, found, name) for name in names))


def check_simulation_folder(memory: CMemory, config: Pointer) -> None:
    """Refuse a folder that is not there.

    Raises:
        DeviceError: it is not.
    """
    found = memory.cast("aipu_job_config_simulation_t *", config)[0]
    folder = text_in(memory, found, "data_dir")
    if not Path(folder).is_dir():
        raise DeviceError(Status.ERROR_INVALID_CONFIG, f"there is no folder '{folder}'")


def check_job(config: Pointer) -> None:
    """Refuse what a job cannot be created with: shapes of its own.

    Raises:
        DeviceError: there are some.
    """
    shapes = field(config, "dynshape_params")
    if field(config, "dynshape") or field(shapes, "input_shape_cnt"):
        raise DeviceError(Status.ERROR_SET_SHAPE_FAILED)
