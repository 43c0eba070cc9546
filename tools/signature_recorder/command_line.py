"""The command line: what to read, whether to record or to compare."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from signature_recorder.comparison import announce, compare
from signature_recorder.data_files import Recorded, family_path, read_family, write_families
from signature_recorder.errors import RecordError
from signature_recorder.families import Family
from signature_recorder.releases import Release, frameworks_in, open_sources, read_releases
from signature_recorder.versions import release_number

DATA_DIRECTORY = Path(__file__).resolve().parents[2] / "optport" / "signatures"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (list of str; default: the process's) and return its status."""
    parser = argparse.ArgumentParser(
        prog="record_signatures",
        description="Record the optimizer and scheduler signatures of a framework release.",
    )
    parser.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="+",
        type=Path,
        help="a wheel, a directory with an installed framework, or a directory of wheels",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit with 1 if the record differs from the source",
    )
    parser.add_argument("--version", help="the version to record instead of the source's own")
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        default=DATA_DIRECTORY,
        help="the directory of the data files (default: %(default)s)",
    )
    options = parser.parse_args(argv)
    try:
        return run(options.sources, check=options.check, version=options.version, data=options.data)
    except (RecordError, OSError) as error:
        print(f"record_signatures: error: {error}", file=sys.stderr)
        return 2


def run(sources: Sequence[Path], *, check: bool, version: str | None, data: Path) -> int:
    """Record (or with ``check``, bool, only compare) the ``sources`` (Paths) and return the status.

    Data files are written only after everything has been read.

    Raises:
        RecordError: a source or a data file is unusable.
    """
    opened = [source for path in sources for source in open_sources(path)]
    if version is not None:
        version = release_number(version)
        if sum(len(frameworks_in(source)) for source in opened) > 1:
            raise RecordError("--version needs a single source with a single framework")
    releases = [release for source in opened for release in read_releases(source, version)]
    _reject_conflicts(releases)
    files: dict[Family, Recorded] = {}
    agrees = True
    for release in releases:
        family = release.family
        if family not in files:
            files[family] = read_family(family_path(data, family), family)
        if check:
            agrees = compare(release, files[family]) and agrees
        else:
            announce(release, files[family])
            files[family].add(release.version, release.signatures, release.kinds)
    if not check:
        write_families(data, files)
    return 0 if agrees else 1


def _reject_conflicts(releases: Sequence[Release]) -> None:
    """Refuse sources that claim the same version with different content."""
    first: dict[tuple[Family, str], Release] = {}
    for release in releases:
        other = first.setdefault((release.family, release.version), release)
        if other.signatures != release.signatures:
            raise RecordError(
                f"{other.label} and {release.label} disagree about {release.family.name} "
                f"{release.version}; give only one of them"
            )
