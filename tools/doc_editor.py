"""The pictures of optport in an editor: Neovim's real screen, with a hover and with quick fixes.

``python tools/doc_editor.py`` draws them anew. It needs Neovim 0.7 to 0.10 and tmux, and starts
the server by the lines that docs/editors.md gives.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copy

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from doc_terminal import picture  # noqa: E402

COLUMNS, LINES = 112, 16
SOURCE = """\
import torch
from torch import optim


def optimizers(net):
    return (
        optim.Adamax(net.parameters()),
        optim.SGD(net.parameters(), lr=1, foreach=True),
    )
"""
_PATIENCE = 60.0


class Screen:
    """Neovim in a terminal of tmux's."""

    def __init__(self, folder: Path) -> None:
        self._server = f"optport-{os.getpid()}"
        (folder / "train.py").write_text(SOURCE, encoding="utf-8")
        (folder / "setup.lua").write_text(_lines_to_paste(), encoding="utf-8")
        copy(ROOT / "tools/pages/editor.vim", folder)
        size = ["-x", str(COLUMNS), "-y", str(LINES), "-c", str(folder)]
        command = "nvim -u NORC -i NONE -n -S editor.vim"
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        start = ["-f", os.devnull, "new-session", "-d", *size, command]
        self._tmux(*start, env={**os.environ, "PATH": path, "TERM": "xterm-256color"})

    def _tmux(self, *words: str, env: dict[str, str] | None = None) -> str:
        command = ["tmux", "-L", self._server, *words]
        return subprocess.check_output(command, encoding="utf-8", env=env)

    def type(self, *keys: str) -> None:
        """Press keys, by the names that tmux has for them."""
        self._tmux("send-keys", *keys)

    def showing(self, wanted: str) -> str:
        """Wait until a text is on the screen; returns all of it, with its colours."""
        ends = time.monotonic() + _PATIENCE
        while time.monotonic() < ends:
            if wanted in self._tmux("capture-pane", "-p"):
                return self._tmux("capture-pane", "-e", "-N", "-p")
            time.sleep(0.2)
        raise TimeoutError(f"not on the screen: {wanted}")

    def close(self) -> None:
        """End Neovim and its terminal."""
        self._tmux("kill-server")


def _lines_to_paste() -> str:
    page = (ROOT / "docs/editors.md").read_text(encoding="utf-8")
    blocks: list[str] = re.findall(r"```lua\n(.*?)```", page, re.DOTALL)
    return next(text for text in blocks if "start_client" in text)


def editor_pictures() -> Iterator[tuple[str, str]]:
    """Yield each picture's name and its text as SVG."""
    with tempfile.TemporaryDirectory() as folder, closing(Screen(Path(folder))) as screen:
        screen.showing("lr defaults to")
        screen.type(":call cursor(7, 9)", "Enter", ":lua vim.lsp.buf.hover()", "Enter")
        shown = screen.showing("mindspore.nn.AdaMax(")
        yield "hover", picture(shown, "The ports of a call, on hover", COLUMNS)
        screen.type("Escape", ":call cursor(8, 37)", "Enter")
        screen.type(":lua vim.lsp.buf.code_action()", "Enter")
        shown = screen.showing("Type number")
        yield "fix", picture(shown, "What is offered for a finding", COLUMNS)


if __name__ == "__main__":
    for name, svg in editor_pictures():
        (ROOT / "docs/pictures" / f"{name}.svg").write_text(svg, encoding="utf-8")
