"""The schema's names and numbers, from the `tflite` package, which is optional."""

from types import ModuleType

from ...errors import AipuError

REMEDY = "pip install 'aipu-compiler[tflite]'"


def schema() -> ModuleType:
    """The classes that the flatbuffers compiler made of TFLite's schema.

    Raises:
        AipuError: the package is not installed.
    """
    try:
        import tflite
    except ImportError:
        raise AipuError(
            "reading TFLite files needs the package 'tflite'", remedy=REMEDY
        ) from None
    return tflite


def names(enumeration: type) -> dict[int, str]:
    """What the numbers of one of the schema's enumerations are called."""
    members = vars(enumeration).items()
    return {number: name for name, number in members if isinstance(number, int)}
