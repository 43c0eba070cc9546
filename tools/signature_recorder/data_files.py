"""The data files: one for each family, only changes between versions stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from optport.signatures import ApiKind
from optport.versions import parse_version
from signature_recorder.errors import RecordError
from signature_recorder.families import Family
from signature_recorder.signature import KINDS, Kinds, Parameter, Signature, Signatures


@dataclass
class Recorded:
    """Signatures by version, and what every name in them is."""

    versions: dict[str, Signatures] = field(default_factory=dict)
    kinds: Kinds = field(default_factory=dict)

    def add(self, version: str, signatures: Signatures, kinds: Kinds) -> None:
        """Record a ``version`` (str); what was recorded of it before is forgotten."""
        self.versions[version] = signatures
        self.kinds |= kinds


def family_path(data: Path, family: Family) -> Path:
    """Return the path of the data file of ``family`` (Family) in the directory ``data`` (Path)."""
    return data / f"{family.name}.json"


def read_family(path: Path, family: Family) -> Recorded:
    """Return what the data file ``path`` (Path) of ``family`` (Family) records for each version.

    A missing file is one without versions.

    Raises:
        RecordError: the file is not a data file of the family.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Recorded()
    except (ValueError, OSError) as error:
        raise RecordError(f"{path}: cannot be read as JSON: {error}") from error
    try:
        if (content["family"], content["framework"]) != (family.name, family.framework):
            raise ValueError(f"not the data of {family.name}")
        recorded = Recorded({version: {} for version in content["versions"]})
        for kind, names in content["kinds"].items():
            recorded.kinds |= dict.fromkeys(names, ApiKind(kind))
        for name, entries in content["signatures"].items():
            if name not in recorded.kinds:
                raise ValueError(f"{name} is of no kind")
            for version in recorded.versions:
                signature = _signature_at(entries, version)
                if signature is not None:
                    recorded.versions[version][name] = signature
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(f"{path}: not a signature data file: {error!r}") from error
    return recorded


def _signature_at(entries: Sequence[Sequence[object]], version: str) -> Signature | None:
    """Return the signature of the last entry that is not newer than ``version``."""
    current: object = None
    for since, parameters in entries:
        if not isinstance(since, str):
            raise ValueError(f"version {since!r}")
        if parse_version(since) <= parse_version(version):
            current = parameters
    if current is None:
        return None
    if not isinstance(current, list):
        raise ValueError(f"parameters {current!r}")
    return tuple(_parameter(row) for row in current)


def _parameter(row: object) -> Parameter:
    match row:
        case [str(name), str(kind), (str() | None) as default] if kind in KINDS:
            return name, kind, default
    raise ValueError(f"parameter {row!r}")


def _entries(recorded: Recorded, name: str) -> list[tuple[str, Signature | None]]:
    """Return the changes of ``name`` over the versions: since when which signature, None: gone."""
    entries: list[tuple[str, Signature | None]] = []
    current: Signature | None = None
    for version in sorted(recorded.versions, key=parse_version):
        signature = recorded.versions[version].get(name)
        if signature != current:
            entries.append((version, signature))
            current = signature
    return entries


def format_family(family: Family, recorded: Recorded) -> str:
    """Return the text (str) of the data file of ``family`` (Family): one entry a line."""
    versions = sorted(recorded.versions, key=parse_version)
    names = sorted({name for signatures in recorded.versions.values() for name in signatures})
    blocks = []
    for name in names:
        lines = [f"   {json.dumps(entry)}" for entry in _entries(recorded, name)]
        blocks.append(f"  {json.dumps(name)}: [\n" + ",\n".join(lines) + "\n  ]")
    kinds = [
        f"  {json.dumps(kind)}: {json.dumps(of_kind)}"
        for kind in ApiKind
        if (of_kind := [name for name in names if recorded.kinds[name] is kind])
    ]
    return (
        "{\n"
        f' "family": {json.dumps(family.name)},\n'
        f' "framework": {json.dumps(family.framework)},\n'
        f' "versions": {json.dumps(versions)},\n'
        ' "kinds": {\n' + ",\n".join(kinds) + "\n },\n"
        ' "signatures": {\n' + ",\n".join(blocks) + "\n }\n}\n"
    )


def write_families(data: Path, files: Mapping[Family, Recorded]) -> None:
    """Write what ``files`` records for each family to the directory ``data`` (Path).

    Raises:
        RecordError: that is not possible.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        for family, recorded in files.items():
            text = format_family(family, recorded)
            family_path(data, family).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise RecordError(f"cannot write the data files: {error}") from error
