"""Rows of the mapping table, for the terminal and as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from optport.signatures import ApiKind, family
from optport.table import api_names, api_table, targets
from optport.table.model import Correspondence, ParameterRow
from optport.targets import Target, parse_target, parse_targets
from optport.versions import UsageError

Row = dict[str, Any]


def chosen_targets(text: str | None) -> tuple[Target, ...]:
    """Return the targets that are asked for, all for None; raises `UsageError`."""
    if text is None:
        return tuple(parse_target(info.short) for info in targets().values())
    try:
        return parse_targets(text)
    except UsageError as error:
        raise UsageError(f"--target: {error}") from None


def names() -> list[str]:
    """The names below ``torch.optim`` that the table has rows for."""
    return [name for kind in (ApiKind.OPTIMIZER, ApiKind.SCHEDULER) for name in api_names(kind)]


def find_name(text: str) -> str:
    """Return the name that a user means, with or without its modules, in any case.

    Raises `UsageError` that names the known ones.
    """
    wanted = text.strip().removeprefix("torch.optim.").lower()
    for name in names():
        if wanted in (name.lower(), name.lower().rpartition(".")[2]):
            return name
    raise UsageError(f"{text!r} has no row in the table; known: {', '.join(names())}")


def _counterparts(name: str, target: Target) -> list[Correspondence]:
    """The rows of a name on a target whose counterparts are there at its version."""
    table = api_table(name)
    rows = (
        [] if table is None else [row for row in table.correspondences if row.target == target.name]
    )
    there = [row for row in rows if row.counterpart and target.signature(row.counterpart)]
    return sorted(there, key=lambda row: row.when is not None)  # the usual one first


def overview(chosen: Sequence[Target]) -> list[Row]:
    """What every name corresponds to, without its arguments."""
    return [
        {
            "torch": f"torch.optim.{name}",
            "counterparts": {
                target.name: list(
                    dict.fromkeys(
                        target.qualified(row.counterpart or "")
                        for row in _counterparts(name, target)
                    )
                )
                for target in chosen
            },
        }
        for name in names()
    ]


def overview_text(rows: Iterable[Row], chosen: Sequence[Target]) -> str:
    """The overview as a table."""
    head = ["torch.optim", *(f"{target.name} {target.version}" for target in chosen)]
    cells = [head]
    for row in rows:
        found = row["counterparts"]
        shown = [
            ", ".join(one.removeprefix(f"{target.name}.") for one in found[target.name]) or "-"
            for target in chosen
        ]
        cells.append([row["torch"].removeprefix("torch.optim."), *shown])
    return aligned(cells)


def details(name: str, chosen: Sequence[Target]) -> Row:
    """What one name and its arguments correspond to."""
    torch = family("torch.optim")
    signature = torch.nearest(name, torch.versions[-1])
    parameters = () if signature is None else signature.parameters
    return {
        "torch": f"torch.optim.{name}",
        "targets": [
            {
                "target": target.name,
                "version": target.version,
                "counterparts": [
                    {
                        "counterpart": target.qualified(row.counterpart or ""),
                        "when": None if row.when is None else row.when.text,
                        "differs": row.differs,
                        "arguments": [
                            {
                                "torch": one.name,
                                "default": one.default,
                                **_becomes(row.parameters.get(one.name), row, target),
                            }
                            for one in parameters
                        ],
                    }
                    for row in _counterparts(name, target)
                ],
            }
            for target in chosen
        ],
    }


def _becomes(row: ParameterRow | None, of: Correspondence, target: Target) -> Row:
    """What becomes of an argument: its fate, its names there, and their defaults."""
    to = () if row is None else row.to
    signature = target.signature(of.counterpart or "")
    known = {} if signature is None else signature.by_name
    return {
        "fate": None if row is None else row.fate.value,
        "to": list(to),
        "defaults": [known[name].default if name in known else None for name in to],
        "default_differs": bool(row and row.default_differs),
    }


def details_text(found: Row) -> str:
    """The correspondences of one name as tables."""
    parts = []
    for target in found["targets"]:
        where = f"{target['target']} {target['version']}"
        if not target["counterparts"]:
            parts.append(f"{found['torch']} has no counterpart in {where}\n")
        for one in target["counterparts"]:
            title = f"{found['torch']} is {one['counterpart']} in {where}\n"
            if one["when"]:
                title += f"when {one['when']}\n"
            if one["differs"]:
                title += f"but {one['differs']}\n"
            cells = [["argument", "default", "becomes", "default there", ""]]
            cells += [_argument_cells(argument) for argument in one["arguments"]]
            parts.append(title + aligned(cells))
    return "\n".join(parts)


def _argument_cells(argument: Row) -> list[str]:
    return [
        argument["torch"],
        argument["default"] or "",
        ", ".join(argument["to"]) or f"({argument['fate'] or 'unknown'})",
        ", ".join(default or "" for default in argument["defaults"]),
        "trains differently" if argument["default_differs"] else "",
    ]


def aligned(rows: list[list[str]]) -> str:
    """Set cells in columns, the first row as a heading."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "".join(f"{line}\n" for line in lines)
