"""The record: a data file for each family, in which only changes between versions are stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from optport.signatures import ApiKind
from optport.signatures import Family as Reader
from optport.versions import parse_version
from signature_recorder.families import Family
from signature_recorder.sources import RecordError

KINDS = (
    "positional_only",
    "positional_or_keyword",
    "var_positional",
    "keyword_only",
    "var_keyword",
)

Parameter = tuple[str, str, str | None]
"""Name, kind (one of ``KINDS``), and the default's source text or None if there is none."""

Signature = tuple[Parameter, ...]
Signatures = dict[str, Signature]
"""Signatures of one version by name; names are relative to the family (``lr_scheduler.StepLR``)."""

Kinds = dict[str, ApiKind]
"""What each of the names is."""


@dataclass(frozen=True)
class Release:
    """The signatures of one family in one release, what the names are, and where that is from."""

    family: Family
    version: str
    signatures: Signatures
    kinds: Kinds
    label: str


@dataclass
class Recorded:
    """What is recorded of a family: signatures by version, and what every name in them is."""

    family: Family
    versions: dict[str, Signatures] = field(default_factory=dict)
    kinds: Kinds = field(default_factory=dict)

    def add(self, release: Release) -> None:
        """Record a release; what was recorded of its version before is forgotten."""
        self.versions[release.version] = release.signatures
        self.kinds |= release.kinds

    def compare(self, release: Release) -> bool:
        """Print how ``release`` (Release) compares with its record; return whether they agree."""
        title = f"{release.family.name} {release.version}"
        if release.version not in self.versions:
            print(f"{title}: not recorded")
            return False
        recorded = self.versions[release.version]
        lines = _difference(recorded, release.signatures, ("recorded:", "source:  "))
        said = f"the record differs from {release.label}"
        print(
            f"{title}: {said if lines else f'as recorded, {len(recorded)} signatures'}",
            *lines,
            sep="\n",
        )
        return not lines

    def announce(self, release: Release) -> None:
        """Print what ``release`` (Release) has, compared with the recorded version before it."""
        title = f"{release.family.name} {release.version}: {len(release.signatures)} signatures"
        key = parse_version(release.version)
        earlier = [version for version in self.versions if parse_version(version) < key]
        if not earlier:
            print(title)
            return
        last = max(earlier, key=parse_version)
        labels = f"{last}:", f"{release.version}:"
        lines = _difference(self.versions[last], release.signatures, labels)
        changes = ", changed:" if lines else ", none changed"
        print(f"{title}; compared with {last}{changes}", *lines, sep="\n")


def _difference(before: Signatures, after: Signatures, labels: tuple[str, str]) -> list[str]:
    """Return lines that tell how ``after`` differs, each side with its label."""
    lines = []
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            lines += [
                f"  {name}",
                f"    {labels[0]} {format_signature(before.get(name))}",
                f"    {labels[1]} {format_signature(after.get(name))}",
            ]
    return lines


def format_signature(signature: Signature | None) -> str:
    """Return a signature (Signature, or None: absent) the way Python code would spell it."""
    if signature is None:
        return "absent"
    parts: list[str] = []
    previous = ""
    for name, kind, default in (*signature, ("", "", None)):
        if previous == "positional_only" != kind:
            parts.append("/")
        if kind == "keyword_only" and previous not in ("keyword_only", "var_positional"):
            parts.append("*")
        stars = {"var_positional": "*", "var_keyword": "**"}.get(kind, "")
        parts.append(stars + name + ("" if default is None else f"={default}"))
        previous = kind
    return f"({', '.join(parts[:-1])})"


def family_path(data: Path, family: Family) -> Path:
    """Return the path of the data file of ``family`` (Family) in the directory ``data`` (Path)."""
    return data / f"{family.name}.json"


def read_family(path: Path, family: Family) -> Recorded:
    """Return what the data file ``path`` (Path) of ``family`` (Family) records; empty without one.

    Raises:
        RecordError: the file is not a data file of the family.
    """
    recorded = Recorded(family)
    if not path.exists():
        return recorded
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if (content["family"], content["framework"]) != (family.name, family.framework):
            raise ValueError(f"not the data of {family.name}")
        reader = Reader(family.name, content)
        for name in reader:
            kind = reader.kind(name)
            if kind is None:
                raise ValueError(f"{name} is of no kind")
            recorded.kinds[name] = kind
        recorded.versions = {version: _at(reader, version) for version in reader.versions}
    except (LookupError, TypeError, ValueError, AttributeError, OSError) as error:
        raise RecordError(f"{path}: not a signature data file: {error!r}") from error
    return recorded


def _at(reader: Reader, version: str) -> Signatures:
    """The signatures of a recorded version."""
    found = {}
    for name in reader:
        signature = reader.signature(name, version)
        if signature is not None:
            found[name] = tuple((one.name, one.kind, one.default) for one in signature.parameters)
            if unknown := {kind for _, kind, _ in found[name]} - set(KINDS):
                raise ValueError(f"parameters of {name} are {unknown}")
    return found


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


def format_family(recorded: Recorded) -> str:
    """Return the text (str) of the data file of a family (Recorded): one entry a line."""
    names = sorted({name for signatures in recorded.versions.values() for name in signatures})
    kinds = {kind: [name for name in names if recorded.kinds[name] is kind] for kind in ApiKind}
    content = {
        "family": recorded.family.name,
        "framework": recorded.family.framework,
        "versions": json.dumps(sorted(recorded.versions, key=parse_version)),
        "kinds": {kind: json.dumps(of_kind) for kind, of_kind in kinds.items() if of_kind},
        "signatures": {name: list(map(json.dumps, _entries(recorded, name))) for name in names},
    }
    # A list on one line is first written as a text, and then taken out of its quotes.
    text = json.dumps(content, indent=1)
    return re.sub(r'"\[.*\]"', lambda line: str(json.loads(line[0])), text) + "\n"


def write_families(data: Path, files: Iterable[Recorded]) -> None:
    """Write what ``files`` (Recorded) record to the directory ``data`` (Path)."""
    data.mkdir(parents=True, exist_ok=True)
    for recorded in files:
        path = family_path(data, recorded.family)
        path.write_text(format_family(recorded), encoding="utf-8", newline="\n")
