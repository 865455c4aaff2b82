"""Names of values that the text of a module can hold."""

import re


def value_name(name: str) -> str:
    """A name as a module's text allows it: `stage2.block1.conv1`, `v466` for `466`.

    xDSL cuts a final `_12` off a name, and refuses a name of which nothing is left.
    """
    allowed = re.sub(r"[^A-Za-z0-9_$.-]", "_", name)
    return allowed if re.match(r"[A-Za-z]", allowed) else f"v{allowed}"
