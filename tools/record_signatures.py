"""Record the optimizer and scheduler signatures of framework releases.

A source is a wheel file, or a directory with an installed or unpacked framework (such as
``site-packages``). It is only read and parsed, never imported, so a release can be recorded on a
machine that cannot run it. The signatures are merged into the data files of
``optport/signatures``, one file per family of names.

Exit status: 0 recorded (with ``--check``: as recorded), 1 ``--check`` found a difference,
2 unusable input.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from signature_recorder.families import FAMILIES, package_list
from signature_recorder.modules import loaded
from signature_recorder.record import Recorded, Release, family_path, read_family, write_families
from signature_recorder.signatures import family_signatures
from signature_recorder.sources import RecordError, Source

DATA_DIRECTORY = Path(__file__).resolve().parent.parent / "optport" / "signatures"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (list of str; default: the process's) and return its status."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("sources", metavar="SOURCE", nargs="+", type=Path, help="a wheel or a directory")
    add("--check", action="store_true", help="write nothing; exit with 1 if the record differs")
    add("--data", metavar="DIR", type=Path, default=DATA_DIRECTORY, help="where the data files are")
    options = parser.parse_args(argv)
    try:
        return run(options.sources, check=options.check, data=options.data)
    except (RecordError, OSError) as error:
        print(f"record_signatures: error: {error}", file=sys.stderr)
        return 2


def run(sources: Sequence[Path], *, check: bool, data: Path) -> int:
    """Record (or with ``check``, bool, only compare) the ``sources`` (Paths) and return the status.

    Data files are written only after everything has been read.

    Raises:
        RecordError: a source or a data file is unusable.
    """
    releases = [release for path in sources for release in read_releases(Source(path))]
    files: dict[str, Recorded] = {}
    agrees = True
    for release in releases:
        family = release.family
        if family.name not in files:
            files[family.name] = read_family(family_path(data, family), family)
        recorded = files[family.name]
        if check:
            agrees = recorded.compare(release) and agrees
        else:
            recorded.announce(release)
            recorded.add(release)
    if not check:
        write_families(data, files.values())
    return 0 if agrees else 1


def read_releases(source: Source) -> Iterator[Release]:
    """Yield the families of each framework in ``source`` (Source).

    Raises:
        RecordError: the source has no framework, or one that cannot be read.
    """
    texts: dict[str, dict[str, str]] = {}
    for family in FAMILIES:
        for part in family.parts:
            texts.setdefault(family.framework, {}).update(source.modules(part.module))
    if not any(texts.values()):
        raise RecordError(f"{source.label}: holds neither {package_list()}")
    for framework, found in texts.items():
        if found:
            version = source.version(framework)
            try:
                with loaded(framework, found) as package:
                    for family in FAMILIES:
                        if family.framework == framework:
                            signatures, kinds = family_signatures(package, family)
                            yield Release(family, version, signatures, kinds, source.label)
            except RecordError as error:
                raise RecordError(f"{source.label}: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
