"""The server in a real editor: Neovim without a screen. Skipped where it is not installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_host_pages import EDITORS, blocks

NEOVIM = shutil.which("nvim")

pytestmark = [
    pytest.mark.skipif(NEOVIM is None, reason="Neovim is not installed"),
    pytest.mark.slow,
]


def lines_to_paste() -> str:
    """What the page on editors gives for this Neovim: the lines for 0.11, or those for before."""
    told = subprocess.run([str(NEOVIM), "--version"], capture_output=True, text=True, check=True)
    version = re.search(r"v(\d+)\.(\d+)", told.stdout)
    assert version is not None
    new, old = (text for text in blocks(EDITORS, "lua") if 'optport", "server' in text)
    return new if (int(version[1]), int(version[2])) >= (0, 11) else old


def test_neovim_shows_a_finding_and_its_hover_and_applies_a_quick_fix(tmp_path: Path) -> None:
    source = tmp_path / "train.py"
    source.write_text(
        'import torch\n\nrun("😀", torch.optim.SGD(params, lr=1))\n', encoding="utf-8"
    )
    setup = tmp_path / "setup.lua"
    setup.write_text(lines_to_paste(), encoding="utf-8")
    out = tmp_path / "seen.json"
    told = {
        "OPTPORT_SETUP": str(setup),
        "OPTPORT_FILE": source.name,
        "OPTPORT_TITLE": "(OPT104): write",
        "OPTPORT_OUT": str(out),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "XDG_STATE_HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
    }
    script = ROOT / "tests/data/neovim.lua"
    done = subprocess.run(
        [str(NEOVIM), "--headless", "-u", "NORC", "-i", "NONE", "-n", "-S", str(script)],
        cwd=tmp_path,
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert out.exists(), done.stdout + done.stderr
    seen = json.loads(out.read_text(encoding="utf-8"))
    (found,) = seen["diagnostics"]
    assert found["code"] == "OPT104"
    assert found["source"] == "optport"
    # Neovim counts bytes, the server answered in UTF-16 units.
    begin = len('run("😀", torch.optim.SGD(params, '.encode())
    assert (found["line"], found["col"], found["end_col"]) == (2, begin, begin + len("lr=1"))
    assert "paddle.optimizer.SGD(" in seen["hover"]
    assert seen["left"] == 0
    assert source.read_text(encoding="utf-8").endswith("lr=1.0))\n")
