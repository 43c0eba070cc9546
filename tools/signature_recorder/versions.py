"""Release numbers as the metadata of a distribution state them."""

from __future__ import annotations

import re

from signature_recorder.errors import RecordError

# A post-release or local label ("+cpu") marks another build of the same code.
_VERSION = re.compile(r"(\d+(?:\.\d+)*)(?:\.post\d+)?(?:\+[A-Za-z0-9.]+)?")


def release_number(text: str) -> str:
    """Return the release number in ``text`` (str) with at least three components.

    Raises:
        RecordError: ``text`` is not a final release's version.
    """
    match = _VERSION.fullmatch(text)
    if match is None:
        raise RecordError(
            f"version {text!r} is not that of a final release, such as 2.10.0 or 2.10.0+cpu"
        )
    components = [str(int(component)) for component in match[1].split(".")]
    return ".".join(components + ["0"] * (3 - len(components)))
