"""Compare a release with the record and print the result."""

from __future__ import annotations

from optport.versions import parse_version
from signature_recorder.data_files import Recorded
from signature_recorder.releases import Release
from signature_recorder.signature import Signatures, format_signature


def compare(release: Release, recorded: Recorded) -> bool:
    """Print how ``release`` (Release) compares with the record; return whether they agree."""
    title = f"{release.family.name} {release.version}"
    if release.version not in recorded.versions:
        print(f"{title}: not recorded")
        return False
    lines = _difference(
        recorded.versions[release.version], release.signatures, ("recorded:", "source:  ")
    )
    if lines:
        print(f"{title}: the record differs from {release.label}", *lines, sep="\n")
        return False
    print(f"{title}: as recorded, {len(release.signatures)} signatures")
    return True


def announce(release: Release, recorded: Recorded) -> None:
    """Print what ``release`` (Release) brings, compared with the recorded version before it."""
    title = f"{release.family.name} {release.version}: {len(release.signatures)} signatures"
    key = parse_version(release.version)
    earlier = [version for version in recorded.versions if parse_version(version) < key]
    if not earlier:
        print(title)
        return
    previous = max(earlier, key=parse_version)
    lines = _difference(
        recorded.versions[previous], release.signatures, (f"{previous}:", f"{release.version}:")
    )
    changes = ", changed:" if lines else ", none changed"
    print(f"{title}; compared with {previous}{changes}", *lines, sep="\n")


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
