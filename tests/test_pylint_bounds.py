"""Work over many modules stays in proportion to them, whatever they import from each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import astroid
import pytest

import optport.parsing
from optport.places import Place
from pylint_optport import places
from pylint_optport.finder import _imported, outline
from pylint_optport.reading import Reading
from tests import hosts

pytestmark = pytest.mark.slow  # a run of pylint each

ONLY_OURS = "--rcfile=", "--load-plugins=pylint_optport", "--disable=all", "--enable=optport"


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts how often modules are parsed, and names looked up in one."""
    done: Counter[str] = Counter()
    parse, exported = optport.parsing.parse_source, Reading.exported

    def counted_parse(text: str) -> Any:
        done["parsed"] += 1
        return parse(text)

    def counted_exported(*arguments: Any) -> Any:
        done["looked up"] += 1
        return exported(*arguments)

    monkeypatch.setattr("optport.parsing.parse_source", counted_parse)
    monkeypatch.setattr(Reading, "exported", counted_exported)
    return done


def found_in(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Lint the first of the files; returns line and id of each message."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    template = "--msg-template={line} {msg_id}"
    done = hosts.pylint(*ONLY_OURS, template, "--score=n", next(iter(files)), cwd=folder)
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if not line.startswith("*")]


def behind_a_hub(modules: int, names: int, each: str) -> dict[str, str]:
    """One module with star imports of many, which the linted file has by a star import."""
    hub = "".join(f"from leaf{n} import *\n" for n in range(modules))
    uses = "".join(f"name{n}([])\n" for n in range(names))
    end = "import torch.optim\ntorch.optim.ASGD([], lr=0.1)\n"
    return {
        "main.py": f"from hub import *\n{uses}{end}",
        "hub.py": f"import torch.optim\n{hub}",
        **{f"leaf{n}.py": f"v{n} = 1\n{each}" for n in range(modules)},
    }


def test_modules_that_do_not_name_what_is_asked_for_are_not_parsed(
    tmp_path: Path, work: Counter[str]
) -> None:
    assert found_in(tmp_path, behind_a_hub(300, 20, "")) == ["23 W7301"]
    assert work["parsed"] <= 3


@pytest.mark.parametrize("each", ["# NAMES\n", "import torch\nNAMES = torch.optim.ASGD\n"])
def test_modules_behind_stars_are_parsed_once(
    tmp_path: Path, work: Counter[str], each: str
) -> None:
    comma = "\n# " if each.startswith("#") else " = "
    names = comma.join(f"name{n}" for n in range(20))
    found = found_in(tmp_path, behind_a_hub(300, 20, each.replace("NAMES", names)))
    assert found[-1] == "23 W7301"
    assert work["parsed"] <= 300 + 2
    assert work["looked up"] <= 20 * (64 + 2)


@pytest.mark.parametrize("known", [False, True], ids=["unknown names", "known names"])
def test_modules_in_a_ring_of_stars_are_asked_once_a_name(
    tmp_path: Path, work: Counter[str], known: bool
) -> None:
    count, names = 40, 80
    name = "x{}" if known else "name{}"
    ring = {
        f"ring{n}.py": "".join(f"from ring{m} import *\n" for m in range(count) if m != n)
        + f"import torch.optim\nx{n} = x{n + count} = torch.optim.ASGD\n"
        for n in range(count)
    }
    uses = "".join(name.format(n) + "([], lr=0.1)\n" for n in range(names))
    found = found_in(
        tmp_path, {"main.py": f"from ring3 import *\nfrom ring7 import *\n{uses}", **ring}
    )
    assert len(found) == (names if known else 0)
    assert work["parsed"] <= count + 1
    assert work["looked up"] <= 3 * names


def test_a_name_comes_through_several_star_imports(tmp_path: Path) -> None:
    files = {
        "main.py": "from one import *\nfrom pack import *\nkind([])\nother([])\nAdamax([])\n",
        "one.py": "from two import*\nif x: from  \\\n  two  import  *\n",
        "two.py": "import torch.optim; kind = torch.optim.ASGD; from one import *\n",
        "pack.py": "from three import *\nfrom torch.optim import *\n",
        "three.py": "'''\nfrom four import *\n'''\n",
        "four.py": "from torch.optim import SGD as other\n",
    }
    assert found_in(tmp_path, files) == ["3 W7202", "3 W7301", "5 W7201"]


@pytest.mark.parametrize(
    "line",
    ["import (\n", "from x import (a,\n", "from \\\n", "from x ", "import x \\\n", ";import ("],
)
def test_each_character_of_a_module_is_looked_at_once(line: str) -> None:
    text = line * 2000
    assert sum(map(len, _imported(text))) <= len(text)
    assert sum(map(len, _imported(f"{text})"))) <= len(text) + 1


@pytest.mark.parametrize(
    "text",
    [
        "from a import kind",
        "from a import (\n    other,\n    kind,\n)",
        "from a import other, \\\n    kind",
        "x = 1; from a import kind",
        "if x: from a import kind",
        "from .import kind",
        "from \\\n  a \\\n  import \\\n  kind",
        "import (\nfrom a import kind",
        "x = 1\r\nfrom a import b, \\\r\n kind\r\n",
    ],
)
def test_what_is_imported_is_seen_however_it_is_written(text: str) -> None:
    assert "kind" in outline(text).imported


@pytest.mark.parametrize(
    "form", ["torch.optim.ASGD([])\n", "def f():\n  torch.optim.ASGD([])\n", "x.y(a)\n"]
)
def test_nodes_are_found_in_one_walk(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    within = places._within
    asked = 0

    def counted(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return within(*arguments)

    monkeypatch.setattr(places, "_within", counted)
    module = astroid.parse(form * 500)
    calls = list(module.nodes_of_class(astroid.nodes.Call))
    wanted = {
        Place(call.lineno, call.col_offset, call.end_lineno, call.end_col_offset): call
        for call in calls
    }
    assert places.nodes_at(module, wanted) == wanted
    assert asked <= 20 * len(calls)


@pytest.mark.parametrize("coding", ["undefined", "punycode", "idna", "hex", "klingon", "utf-16"])
def test_a_helper_that_cannot_be_decoded_is_passed_over(tmp_path: Path, coding: str) -> None:
    (tmp_path / "main.py").write_text(
        "import torch.optim\nfrom helper import opt\ntorch.optim.ASGD(opt, lr=0.1)\nopt([])\n"
    )
    (tmp_path / "helper.py").write_text(
        f"# coding: {coding}\nfrom torch.optim import ASGD as opt\n"
    )
    done = hosts.pylint(*ONLY_OURS, "--msg-template={line} {msg_id}", "main.py", cwd=tmp_path)
    assert "3 W7301" in done.stdout
    assert "W7000" not in done.stdout
