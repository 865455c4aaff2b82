"""The commands of `aipu_ioctl` that take and give nothing, or mean nothing here."""

from .codes import Ioctl, Status
from .messages import DeviceError

IDLE = {
    Ioctl.SET_PROFILE,
    Ioctl.ENABLE_TICKCOUNTER,
    Ioctl.DISABLE_TICKCOUNTER,
    Ioctl.SW_RESET,
    Ioctl.HW_RESET,
}
"""Nothing has to be done: cycles are always counted, and nothing has to be reset."""


def do_nothing(command: int) -> None:
    """Carry out a command that has nothing to do.

    Raises:
        DeviceError: it is another one.
    """
    if command not in list(Ioctl):
        raise DeviceError(Status.ERROR_INVALID_OP, f"command {command}")
    if command not in IDLE:
        raise DeviceError(Status.ERROR_OP_NOT_SUPPORTED, Ioctl(command).name)
