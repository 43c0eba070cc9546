"""Write the generated pages of docs/: codes, optimizers, corrections, and the pictures.

``python tools/build_docs.py`` writes them, ``--check`` writes nothing and exits with 1 when a
page differs from what the catalogue, the table and the evidence give. Drawings need the
extra `docs`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from doc_corrections import correction_pages  # noqa: E402
from doc_mapping import mapping_pages  # noqa: E402
from doc_plots import plot_pages  # noqa: E402
from doc_rules import rule_pages  # noqa: E402
from doc_terminal import terminal_pages  # noqa: E402

DOCS = ROOT / "docs"


def pages() -> Mapping[Path, str]:
    """Return every generated page's text by its path."""
    found = {**rule_pages(), **mapping_pages(), **correction_pages(), **plot_pages()}
    return {DOCS / name: text for name, text in {**found, **terminal_pages()}.items()}


def stale(expected: Mapping[Path, str]) -> list[str]:
    """Return what is wrong with the pages on disk, one line each."""
    found = []
    for path, text in expected.items():
        if not path.is_file():
            found.append(f"{path.relative_to(ROOT)}: missing")
        elif path.read_text(encoding="utf-8") != text:
            found.append(f"{path.relative_to(ROOT)}: not what the catalogue and the table give")
    for pattern in ("rules/*.md", "mapping/*.md", "mapping/evidence/*.csv", "plots/*.svg"):
        for path in sorted(DOCS.glob(pattern)):
            if path not in expected:
                found.append(f"{path.relative_to(ROOT)}: no code, optimizer or case has this")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the pages; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, report differences")
    asked = parser.parse_args(arguments)
    expected = pages()
    if asked.check:
        found = stale(expected)
        print("\n".join(found) or "the pages are up to date")
        return int(bool(found))
    for path, text in expected.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
