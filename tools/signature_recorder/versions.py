"""Release numbers: read and ordered."""

from __future__ import annotations

import re

from signature_recorder.errors import RecordError

# A post-release or local label ("+cpu") marks another build of the same code.
_VERSION = re.compile(r"(\d+(?:\.\d+)*)(?:\.post\d+)?(?:\+[A-Za-z0-9.]+)?")


def parse_version(text: str) -> str:
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


def version_key(version: str) -> tuple[int, ...]:
    """Return the sort key of ``version`` (str, as from ``parse_version``): its numbers."""
    return tuple(int(component) for component in version.split("."))
