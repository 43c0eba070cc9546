"""The front ends under test: each takes files and options, and gives the findings of each file.

A further front end is one more function here, entered in `FRONT_ENDS`.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from optport.cli import main
from tests import hosts
from tests.conftest import ROOT, check_once
from tests.fixture_cases import AskedFor, Spot

Spots = Mapping[Path, list[Spot]]
FrontEnd = Callable[[Sequence[Path], AskedFor], Spots]


def _collected(paths: Sequence[Path], found: Iterable[tuple[str, Spot]]) -> Spots:
    spots: dict[Path, list[Spot]] = {path: [] for path in paths}
    for path, spot in found:
        spots[ROOT / path].append(spot)
    return {path: sorted(these) for path, these in spots.items()}


def core(paths: Sequence[Path], asked_for: AskedFor) -> Spots:
    """The core, called as a library."""
    return {
        path: sorted(
            Spot(finding.place.line, finding.place.col, finding.code)
            for finding in check_once(path.read_text(encoding="utf-8"), asked_for.options).findings
        )
        for path in paths
    }


def command_line(paths: Sequence[Path], asked_for: AskedFor) -> Spots:
    """``optport check --format json``, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        main(["check", "--format=json", *asked_for.flags, *map(str, paths)])
    assert not err.getvalue()
    return _collected(
        paths,
        (
            (found["path"], Spot(found["line"], found["col"], found["code"]))
            for found in json.loads(out.getvalue())["findings"]
        ),
    )


def flake8(paths: Sequence[Path], asked_for: AskedFor) -> Spots:
    """flake8 with the plugin; its columns count from 1."""
    layout = "--format=%(path)s\t%(row)d\t%(col)d\t%(code)s"
    done = hosts.flake8("--isolated", "--select=OPT", layout, *asked_for.flags, *paths)
    assert not done.stderr
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return _collected(
        paths, ((path, Spot(int(line), int(col) - 1, code)) for path, line, col, code in rows)
    )


def pylint(paths: Sequence[Path], asked_for: AskedFor) -> Spots:
    """pylint with the plugin; its messages' ids are the codes, with W7 for OPT."""
    flags = [f"{flag}=y" if flag == "--optport-notes" else flag for flag in asked_for.flags]
    only_ours = "--rcfile=", "--load-plugins=pylint_optport", "--disable=all", "--enable=optport"
    done = hosts.pylint(*only_ours, "--output-format=json2", *flags, *paths)
    assert not done.stderr
    return _collected(
        paths,
        (
            (
                found["absolutePath"],
                Spot(found["line"], found["column"], found["messageId"].replace("W7", "OPT")),
            )
            for found in json.loads(done.stdout)["messages"]
        ),
    )


FRONT_ENDS: Mapping[str, FrontEnd] = {
    "core": core,
    "command line": command_line,
    "flake8": flake8,
    "pylint": pylint,
}
HOSTS = ("flake8", "pylint")
"""Those that are front ends of another program's."""
