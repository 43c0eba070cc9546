"""Measuring on a corpus: what is printed of files that are read, and of those that are not."""

from __future__ import annotations

import json
from pathlib import Path

import measure_corpus
import pytest

SOURCE = "import torch\ntorch.optim.SGD(q, lr=1)\ntorch.optim.ASGD(q, lr=0.1)\nAdam(q)\n"
LABEL = {"repo": "r", "path": "a.py", "kind": "construction", "form": "plain", "class": "SGD"}
LABELS = [LABEL | {"line": 2, "col": 0}, LABEL | {"line": 5, "col": 0, "class": "Adam"}]


@pytest.mark.parametrize("alike, status", [(4, 0), (3, 1)])
def test_every_file_counts_and_none_ends_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], alike: int, status: int
) -> None:
    sources = tmp_path / "src" / "r"
    sources.mkdir(parents=True)
    (sources / "a.py").write_text(SOURCE)
    (sources / "old.py").write_text("import torch.optim\ntorch.optim.SGD(\nprint 'Adam'\n")
    (sources / "latin.py").write_bytes(b"import torch.optim  # Adam \xff\n")
    (tmp_path / "labels.json").write_text(json.dumps(LABELS))
    negatives = {"alike": [{"rel": "r/a.py", "line": alike, "col": 0}]}
    (tmp_path / "negatives.json").write_text(json.dumps(negatives))
    paths = tmp_path / "labels.json", tmp_path / "negatives.json", tmp_path / "src"
    assert measure_corpus.main([str(path) for path in paths]) == status
    out = capsys.readouterr().out
    assert "missed: r/a.py 5 0 Adam plain" in out
    assert "constructions: 1 of 2 (50.0%)" in out
    assert "findings: 2, 100 per 100 constructions" in out
    assert "  paddle.optimizer, per 100: OPT104 50.0, OPT301 50.0" in out
    assert "not read: r/old.py: SyntaxError" in out
    assert "not read: r/latin.py: UnreadableFile" in out
    assert "1 files in" in out
