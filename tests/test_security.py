"""Analysing a file never runs it, and touches nothing beyond what docs/security.md says."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

WATCH = """
import json, runpy, sys

touched = []
QUIET = ("object.__getattr__", "sys._getframe", "compile", "code.__new__", "marshal.loads")

def watch(event, arguments):
    if event == "exec":
        touched.append((event, getattr(arguments[0], "co_filename", ""), ""))
    elif event == "open":
        path, mode, _ = arguments
        touched.append((event, path if isinstance(path, str) else repr(path), str(mode)))
    elif event.startswith(("socket.", "subprocess.", "os.", "shutil.", "ctypes.", "import")):
        first = arguments[0] if arguments else ""
        touched.append((event, first if isinstance(first, str) else repr(first), ""))

sys.dont_write_bytecode = True
sys.argv = sys.argv[1:]
log = sys.argv.pop(0)
sys.addaudithook(watch)
try:
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
finally:
    seen = list(touched)
    with open(log, "w") as stream:
        json.dump(seen, stream)
"""

Event = tuple[str, str, str]

EVIL = """\
import torch.optim
import evil_module
import evil_package.part
from evil_package import *
from os import system
LOG = open("executed", "w")
system("touch executed")
open("executed", "w").write(f"{LOG}")
@evil_module.decorator
class Own(torch.optim.Adam, metaclass=evil_module.Meta):
    lr = __import__("evil_module").lr
    exec("open('executed', 'w')")
torch.optim.ASGD(evil_module.params(), lr=eval("evil_module.lr"), **evil_package.part.keywords)
Own(evil_package.opt, lr=(lambda: exec("open('executed', 'w')"))())
raise SystemExit("executed")
"""
FILES = {
    "given/train.py": EVIL,
    "given/evil_module.py": "open('executed', 'w')\nopt = lr = 1\n",
    "given/evil_package/__init__.py": "open('executed', 'w')\n"
    "from torch.optim import Adam as opt\n",
    "given/evil_package/part.py": "open('executed', 'w')\nkeywords = {'lr': 1}\n",
    "given/unrelated.py": "open('executed', 'w')\n",
    "given/conftest.py": "open('executed', 'w')\n",
    "given/sitecustomize.py": "open('executed', 'w')\n",
    "other/secret.py": "import torch\ntorch.optim.ASGD([])\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def events(project: Path, *arguments: str) -> list[Event]:
    """Run a module under an audit hook; returns what it did after it was started."""
    log = project / "log.json"
    done = subprocess.run(
        [sys.executable, "-I", "-c", WATCH, str(log), *arguments],
        cwd=project / "given",
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
    assert "OPT301" in done.stdout or "W7301" in done.stdout, done.stderr
    assert not list(project.rglob("executed"))
    found = list(dict.fromkeys(tuple(event) for event in json.loads(log.read_text())))
    assert any(event[0] == "open" for event in found)
    return found


def inside(project: Path, seen: list[Event], *kinds: str) -> set[str]:
    """The files below the project that events of these kinds are about."""
    found = set()
    for event, about, _ in seen:
        path = (project / "given" / about).resolve()
        if event in kinds and path.is_file() and path.is_relative_to(project):
            found.add(str(path.relative_to(project)))
    return found


ALLOWED = (
    *(Path(path).resolve() for path in sysconfig.get_paths().values()),
    *(ROOT / name for name in ("optport", "flake8_optport", "pylint_optport")),
)
"""Where the standard library, the hosts and the project itself are."""


def beyond(project: Path, seen: list[Event]) -> list[Event]:
    """What was opened beyond the project and the code that runs, or written at all."""
    found = []
    for event, about, mode in seen:
        if event == "open" and about.startswith(("/", "\\")):
            path = Path(about).resolve()
            allowed = any(path.is_relative_to(root) for root in (project, *ALLOWED))
            if not allowed or set(mode) & set("wax+"):
                found.append((event, about, mode))
    return found


def imported(seen: list[Event]) -> set[str]:
    """The checked modules that Python was asked to import."""
    names = {name.partition(".")[0] for event, name, _ in seen if event == "import"}
    return names & {"train", "evil_module", "evil_package", "unrelated", "torch"}


RUNNING = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.remove",
)


def reaching_out(seen: list[Event]) -> list[Event]:
    """Connections, other processes, and files removed, but for those of `tempfile`'s own trial."""
    return [
        (event, about, mode)
        for event, about, mode in seen
        if event.startswith(RUNNING)
        and not (event == "os.remove" and Path(about).parent == Path(tempfile.gettempdir()))
    ]


def test_check_reads_the_paths_given_and_nothing_else(project: Path) -> None:
    seen = events(project, "optport", "check", "--optport-notes", "train.py")
    assert inside(project, seen, "open") == {"given/train.py"}
    assert inside(project, seen, "exec") == set()
    assert imported(seen) == set()
    assert beyond(project, seen) == []
    assert reaching_out(seen) == []


def test_check_reads_what_is_below_a_directory_given(project: Path) -> None:
    seen = events(project, "optport", "check", ".")
    assert inside(project, seen, "open") == {n for n in FILES if n.startswith("given")}
    assert inside(project, seen, "exec") == set()
    assert beyond(project, seen) == []
    assert reaching_out(seen) == []


def test_flake8_with_us_opens_what_it_opens_without_us(project: Path) -> None:
    seen = events(project, "flake8", "--isolated", "--jobs=1", "train.py")
    assert inside(project, seen, "open") == {"given/train.py"}
    assert inside(project, seen, "exec") == set()
    assert imported(seen) == set()
    assert reaching_out(seen) == []


def test_pylint_reads_the_modules_imported_and_runs_none(project: Path) -> None:
    seen = events(
        project,
        *("pylint", "--rcfile=", "--load-plugins=pylint_optport", "--disable=all"),
        *("--enable=optport", "--persistent=n", "train.py"),
    )
    assert inside(project, seen, "open") <= {
        "given/train.py",
        "given/evil_module.py",
        "given/evil_package/__init__.py",
        "given/evil_package/part.py",
    }
    assert inside(project, seen, "exec") == set()
    assert imported(seen) == set()
    assert reaching_out(seen) == []


LOADED = """
import sys
import pylint.lint, pylint_optport
linter = pylint.lint.PyLinter()
linter.load_default_plugins()
pylint_optport.register(linter)
print(*sys.modules)
"""


def imported_by(path: Path) -> set[str]:
    """The modules that a file imports anywhere, by their full names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def file_of(module: str) -> Path | None:
    """Where a module of ours is, None for others."""
    path = ROOT.joinpath(*module.split("."))
    places = path.with_suffix(".py"), path / "__init__.py"
    ours = module.partition(".")[0] in ("optport", "pylint_optport")
    return next((place for place in places if ours and place.is_file()), None)


def test_pylint_has_loaded_what_we_import_late_before_it_reads_a_file() -> None:
    """The directory of a linted file then comes first where Python looks for modules."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", LOADED], capture_output=True, check=True, text=True, cwd=ROOT
    )
    loaded = set(done.stdout.split())
    pending, seen = ["pylint_optport"], set()
    while pending:
        module = pending.pop()
        path = file_of(module)
        if path is not None and module not in seen:
            seen.add(module)
            pending += imported_by(path)
        elif (top := module.partition(".")[0]) in sys.stdlib_module_names:
            assert top in loaded, f"{top} is imported late"
    assert {"optport.reader.evaluate", "optport.hazards.port", "optport.table.load"} <= seen
