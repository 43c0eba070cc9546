"""The releases in the sources: their frameworks, versions and signatures."""

from __future__ import annotations

import email.parser
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optport.versions import parse_version
from signature_recorder.errors import RecordError
from signature_recorder.families import FAMILIES, Family, package_list
from signature_recorder.members import family_signatures
from signature_recorder.modules import Modules
from signature_recorder.signature import Kinds, Signatures
from signature_recorder.sources import Source, module_file
from signature_recorder.versions import release_number

# The spelling of the distributions that install each framework's package.
_DISTRIBUTIONS = {
    "torch": re.compile(r"torch"),
    "paddle": re.compile(r"paddlepaddle(-[a-z0-9]+)?"),
    "mindspore": re.compile(r"mindspore(-(gpu|ascend|cuda[a-z0-9-]*))?"),
}


@dataclass(frozen=True)
class Release:
    """The signatures of one family in one release, and what the names are."""

    family: Family
    version: str
    signatures: Signatures
    kinds: Kinds
    label: str


def open_sources(path: Path) -> list[Source]:
    """Return the sources that ``path`` (Path) stands for: itself or the wheels in a directory.

    Raises:
        RecordError: there is nothing at ``path`` that could hold a framework.
    """
    if path.is_file():
        if path.suffix != ".whl":
            raise RecordError(f"{path}: neither a wheel (*.whl) nor a directory")
        return [Source(path)]
    if not path.is_dir():
        raise RecordError(f"{path}: no such file or directory")
    directory = Source(path)
    if frameworks_in(directory):
        return [directory]
    wheels = [Source(wheel) for wheel in sorted(path.glob("*.whl"))]
    sources = [wheel for wheel in wheels if frameworks_in(wheel)]
    if not sources:
        raise RecordError(f"{path}: holds neither {package_list()} nor a wheel with one of them")
    return sources


def read_releases(source: Source, version: str | None) -> Iterator[Release]:
    """Yield the families of each framework in ``source`` (Source).

    ``version`` (str or None) overrides what the dist-info states.

    Raises:
        RecordError: the source has no framework, or one that cannot be read.
    """
    frameworks = frameworks_in(source)
    if not frameworks:
        raise RecordError(f"{source.label}: holds neither {package_list()}")
    modules = Modules(source)
    for framework in frameworks:
        release = version or framework_version(source, framework)
        for family in FAMILIES:
            if family.framework != framework:
                continue
            try:
                signatures, kinds = family_signatures(modules, family)
            except RecordError as error:
                raise RecordError(f"{source.label}: {error}") from error
            yield Release(family, release, signatures, kinds, source.label)


def frameworks_in(source: Source) -> list[str]:
    """Return the frameworks (list of str) of which ``source`` (Source) has an optimizer package."""
    present = {
        family.framework
        for family in FAMILIES
        if any(module_file(source, part.module) for part in family.parts)
    }
    return sorted(present)


def framework_version(source: Source, framework: str) -> str:
    """Return the version of ``framework`` (str) that the dist-info in ``source`` (Source) states.

    Raises:
        RecordError: there is no dist-info of the framework, or several disagree.
    """
    versions = set()
    for content in source.metadata():
        headers = email.parser.BytesHeaderParser().parsebytes(content)
        name = re.sub(r"[-_.]+", "-", str(headers["Name"])).lower()
        if _DISTRIBUTIONS[framework].fullmatch(name):
            versions.add(release_number(str(headers["Version"])))
    if len(versions) != 1:
        found = ", ".join(sorted(versions, key=parse_version)) or "none"
        raise RecordError(
            f"{source.label}: one dist-info of {framework} is needed to tell its version "
            f"(found: {found}); otherwise give --version"
        )
    return versions.pop()
