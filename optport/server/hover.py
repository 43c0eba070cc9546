"""The hover: a construction's ports to the targets in force."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from optport.check import Checked
from optport.hazards.hazard import Port
from optport.targets import Target

_TICKS = re.compile("`+")


def described(constructions: Sequence[Checked], targets: Sequence[Target], markdown: bool) -> str:
    """Return the ports of a construction, one paragraph for every class and target."""
    paragraphs: list[str] = []
    for one in constructions:
        paragraphs.append(_title(one, len(constructions) > 1, markdown))
        for target in targets:
            port = one.ports.get(target.name)
            if port is not None:
                paragraphs.append("\n".join(_ported(target, port, markdown)))
    return "\n\n".join(paragraphs)


def _title(one: Checked, several: bool, markdown: bool) -> str:
    name = one.construction.qualified
    return f"{'may be ' if several else ''}{f'**{name}**' if markdown else name}"


def _ported(target: Target, port: Port, markdown: bool) -> Iterator[str]:
    name = f"`{target.name}`" if markdown else target.name
    if port.call is None:
        yield f"{name} {target.version}: no port"
        return
    yield f"{name} {target.version}: {port.fidelity}"
    code = "\n".join([*port.setup, port.call])
    yield _fenced(code) if markdown else code
    if port.also:
        yield f"also: {', '.join(port.also)}"


def _fenced(code: str) -> str:
    longest = max((len(ticks) for ticks in _TICKS.findall(code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{code}\n{fence}"
