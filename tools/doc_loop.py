"""The page on the training loop: one script in torch, what is found in it, and its two ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from doc_pages import page

from optport.check import check_source
from optport.options import make_options

LOOP = Path(__file__).parent.parent / "examples" / "loop"


def loop_pages() -> Mapping[str, str]:
    """Return the text of the page, by path below docs/."""
    return {"training-loop.md": page("training-loop", script=_script, found=_found)}


def _script(name: str) -> str:
    return (LOOP / name).read_text(encoding="utf-8")


def _found(target: str) -> Iterator[str]:
    """The findings of torch's script for a target, one line each."""
    for one in check_source(_script("train_torch.py"), make_options(target)).findings:
        yield f"train_torch.py:{one.place.line}:{one.place.col + 1}: {one.code} {one.message}"
