"""``--statistics``: how many findings there are of each code."""

from __future__ import annotations

import json
from collections.abc import Mapping

from optport.catalogue import CATALOGUE


def statistics(found: Mapping[str, int], fixable: Mapping[str, int], form: str) -> str:
    """Return the counts, the commonest code first: as a table or, for formats of scripts, JSON."""
    rows = sorted(found.items(), key=lambda row: (-row[1], row[0]))
    if form not in ("full", "concise", "github"):
        listed = [
            {
                "code": code,
                "name": CATALOGUE[code].name,
                "count": count,
                "fixable": fixable.get(code, 0),
            }
            for code, count in rows
        ]
        return json.dumps(listed, indent=1) + "\n"
    lines = []
    for code, count in rows:
        mark = "[*]" if fixable.get(code) == count else "[-]" if fixable.get(code) else "[ ]"
        lines.append(f"{count}\t{code}\t{mark} {CATALOGUE[code].name}\n")
    if fixable:
        lines.append("[*] all, [-] some can be fixed with `--fix`\n")
    return "".join(lines)
