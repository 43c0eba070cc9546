"""Other hosts than flake8 and pylint, set up as docs/hosts.md tells.

Each is skipped where it is not installed; ``pip install -e '.[hosts]'`` installs them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import pytest

from tests.conftest import ROOT

SOURCE = "import torch\n\nasgd = torch.optim.ASGD(params)\n"


def needs(module: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(module) is None, reason=f"{module} is not installed")


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# -- python-lsp-server ----------------------------------------------------------------------


def send(stream: IO[bytes], method: str, params: Any, **number: int) -> None:
    body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **number}).encode()
    stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    stream.flush()


def received(stream: IO[bytes]) -> Iterator[Any]:
    while header := stream.readline():
        if header.lower().startswith(b"content-length:"):
            length = int(header.partition(b":")[2])
        elif not header.strip():
            yield json.loads(stream.read(length))


def pylsp(folder: Path, plugins: Any) -> list[Any]:
    """What python-lsp-server shows of the source with its plugins set up so."""
    source = folder / "a.py"
    source.write_text(SOURCE, encoding="utf-8")
    others = {name: {"enabled": False} for name in ("pycodestyle", "pyflakes", "mccabe")}
    settings = {"pylsp": {"plugins": {**others, **plugins}}}
    document = {"uri": source.as_uri(), "languageId": "python", "version": 1, "text": SOURCE}
    server = subprocess.Popen(
        [sys.executable, "-m", "pylsp"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert server.stdin is not None and server.stdout is not None
    patience = threading.Timer(60, server.kill)
    patience.start()
    with closing(server.stdin), closing(server.stdout):
        opening: Any = {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}}
        send(server.stdin, "initialize", opening, id=1)
        messages = received(server.stdout)
        next(one for one in messages if one.get("id") == 1)
        send(server.stdin, "initialized", {})
        send(server.stdin, "workspace/didChangeConfiguration", {"settings": settings})
        send(server.stdin, "textDocument/didOpen", {"textDocument": document})
        shown = (
            one["params"]["diagnostics"]
            for one in messages
            if one.get("method") == "textDocument/publishDiagnostics"
        )
        found: list[Any] = next((one for one in shown if one), [])
        server.kill()
    patience.cancel()
    server.wait()
    return found


@needs("pylsp")
@pytest.mark.slow
def test_python_lsp_server_shows_our_findings_through_flake8(tmp_path: Path) -> None:
    (tmp_path / ".flake8").write_text("[flake8]\noptport-targets = paddle\n", encoding="utf-8")
    flake8 = shutil.which("flake8", path=str(Path(sys.executable).parent))
    found = pylsp(tmp_path, {"flake8": {"enabled": True, "executable": flake8}})
    ours = [one for one in found if one["code"].startswith("OPT")]
    assert [one["code"] for one in ours] == ["OPT202", "OPT301"]
    assert ours[0]["range"]["start"] == {"line": 2, "character": 7}
    assert "mindspore" not in ours[0]["message"]


@needs("pylsp")
@pytest.mark.slow
def test_python_lsp_server_shows_our_findings_through_pylint(tmp_path: Path) -> None:
    arguments = ["--load-plugins=pylint_optport", "--disable=all", "--enable=optport"]
    found = pylsp(tmp_path, {"pylint": {"enabled": True, "args": arguments}})
    assert [one["code"] for one in found] == ["W7202", "W7301"]
    assert found[0]["range"]["start"] == {"line": 2, "character": 7}
    assert "lr defaults to 0.01 in torch" in found[0]["message"]


# -- tools that wrap or neighbour us ---------------------------------------------------------


@needs("nbqa")
@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("flake8", "--select=OPT"), ("pylint", "--load-plugins=pylint_optport")]
)
def test_nbqa_runs_us_on_notebooks(tmp_path: Path, command: tuple[str, ...]) -> None:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    notebook = {
        "cells": [{**cell, "source": SOURCE.splitlines(keepends=True)}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    done = run("nbqa", command[0], "a.ipynb", *command[1:], cwd=tmp_path)
    assert "a.ipynb:cell_1:3:" in done.stdout, done.stderr
    assert "lr defaults to 0.01 in torch" in done.stdout


@needs("ruff")
@pytest.mark.parametrize("external", ["", 'external = ["OPT"]'])
def test_ruff_leaves_our_suppressions_alone_once_it_knows_them(
    tmp_path: Path, external: str
) -> None:
    suppressed = SOURCE.replace("(params)", "(params)  # noqa: OPT202")
    (tmp_path / "a.py").write_text(suppressed, encoding="utf-8")
    (tmp_path / "ruff.toml").write_text(f'[lint]\nselect = ["RUF"]\n{external}\n', encoding="utf-8")
    run("ruff", "check", "--fix", "-q", "a.py", cwd=tmp_path)
    kept = (tmp_path / "a.py").read_text(encoding="utf-8") == suppressed
    assert kept is bool(external)


@needs("flake8p")
@pytest.mark.slow
def test_flake8_pyproject_reads_our_options(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.flake8]\nselect = ["OPT"]\noptport-targets = ["paddle"]\n', encoding="utf-8"
    )
    done = run("flake8", "a.py", cwd=tmp_path)
    assert "OPT202" in done.stdout, done.stderr
    assert "mindspore" not in done.stdout


@needs("flake8p")
@pytest.mark.slow
@pytest.mark.parametrize(
    "line, says",
    [
        ("optport-torch-version = 2.10", "pyproject.toml: optport-torch-version must be a string"),
        ("optport-torch-version = 2", "pyproject.toml: optport-torch-version must be a string"),
        ("optport-targets = [2]", "--optport-targets must be a list or a string"),
        ("optport-targets = {paddle = 1}", "--optport-targets must be a list or a string"),
    ],
)
def test_flake8_pyproject_hands_over_what_is_no_text(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "a.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(f"[tool.flake8]\n{line}\n", encoding="utf-8")
    done = run("flake8", "a.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    [message] = done.stderr.splitlines()
    assert says in message


@needs("pre_commit")
@pytest.mark.slow
def test_pre_commit_takes_our_hooks_whose_commands_run(tmp_path: Path) -> None:
    from pre_commit.clientlib import load_manifest

    (tmp_path / "a.py").write_text(SOURCE, encoding="utf-8")
    hooks = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    assert [hook["id"] for hook in hooks] == ["optport", "optport-flake8"]
    for hook in hooks:
        done = run(*hook["entry"].split(), "a.py", cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        assert "a.py:3:8: OPT202 " in done.stdout
