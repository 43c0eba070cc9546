"""Fingerprints by which the same finding is known again when lines have moved."""

from __future__ import annotations

import hashlib
from collections import Counter

from optport.formats.result import Diagnostic


class Fingerprints:
    """Makes the fingerprints of one report.

    One rests on the file, the code, the optimizer, the argument and the words on the line, not on
    where the line is. Of several that have all these in common, each also has its number.
    """

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, ...]] = Counter()

    def of(self, one: Diagnostic) -> str:
        """Return the fingerprint of the next finding."""
        finding = one.finding
        parts = (
            one.path,
            finding.code,
            finding.optimizer,
            finding.argument or "",
            " ".join(one.source.split()),
        )
        self._seen[parts] += 1
        told = "\0".join((*parts, str(self._seen[parts])))
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]
