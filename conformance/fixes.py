"""Whether torch trains the same after `--fix`: ``python -m conformance fixes``.

Random constructions, written in the ways that people write them, are fixed for several sets of
targets; torch trains with the script as it was and as it is afterwards. The weights have to be the
same bit for bit. With ``--unsafe-fixes`` only rounding may differ: how far is printed.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from random import Random
from typing import Final

from conformance.runner import TORCH, Setting, run_programs
from conformance.scripts import deviation, training
from conformance.values import draw_calls, drawn_optimizers
from optport.config import Configuration
from optport.fixing import fix_text

TARGETS: Final = (
    "paddle",
    "mindspore",
    "paddle,mindspore",
    "mindspore.experimental",
    "paddle,mindspore,mindspore.experimental,mindspore.mint",
)
_HEAD: Final = "import functools\n\nimport torch\n\nfrom problem import net\n\n"
_SLICES: Final = {"[:3]": "[:1]", "[3:]": "[1:]", "[2:]": "[1:]", "[1:2]": "[2:]"}
"""The drawn calls share four parameters out, the scripts have two."""


def drawn_scripts(count: int | None, seed: int) -> list[str]:
    """Return that many scripts (or 500); the same ones for the same seed."""
    random = Random(seed)
    calls = draw_calls(count, seed, sorted(drawn_optimizers()))
    return [_HEAD + _script(call, random) for call in calls]


def _script(text: str, random: Random) -> str:
    text = re.sub(r"\[\d?:\d?\]", lambda match: _SLICES.get(match[0], match[0]), text)
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    name = f"torch.optim.{ast.unparse(call.func)}"
    positional = [ast.unparse(one) for one in call.args]
    if not positional or not positional[0].startswith("[{"):
        positional.insert(0, "net.parameters()")
    first = ", ".join(positional)
    pairs = [(one.arg or "", ast.unparse(one.value)) for one in call.keywords]
    keywords = [f"{key}={value}" for key, value in pairs]
    entries = "{" + ", ".join(f"{key!r}: {value}" for key, value in pairs) + "}"
    items = "".join(f"more[{key!r}] = {value}\n" for key, value in pairs)
    words = [*positional, *keywords]
    way = random.choice(
        (
            f"optimizer = {name}({', '.join(words)})",
            f"optimizer = {name}(\n    " + ",\n    ".join(words) + ",\n)",
            f"more = {entries}\noptimizer = {name}({first}, **more)",
            f"more = {{}}\n{items}optimizer = {name}({first}, **more)",
            f"make = functools.partial({', '.join([name, *keywords])})\noptimizer = make({first})",
            f"more = {entries}\noptimizer = {name}({first}, **(more if net else {{}}))",
        )
    )
    return f"params = [*net.parameters()]\n{way}\n"


def run_fixes(setting: Setting, draws: int | None, seed: int, unsafe_fixes: bool) -> int:
    """Train with random calls before and after --fix; fails if any trains otherwise."""
    scripts = drawn_scripts(draws, seed)
    fixed: dict[tuple[str, str], str] = {}
    codes: Counter[str] = Counter()
    for targets in TARGETS:
        settings = Configuration({"targets": targets}, isolated=True).settings_in(".")
        for text in scripts:
            done = fix_text(text, settings, "script.py", unsafe_fixes)
            codes.update(one.code for one in done.fixed)
            if done.text != text:
                fixed[targets, text] = done.text
    ran = run_programs(
        {text: training(text) for text in [*scripts, *fixed.values()]}, TORCH, setting.cache
    )
    apart, mended = Counter[str](), Counter[str]()
    largest = 0.0
    for (targets, text), after in fixed.items():
        one, other = ran[text], ran[after]
        if one.error is not None:
            mended[targets] += other.error is None
        elif one.result != other.result:
            apart[targets] += 1
            largest = max(largest, deviation(one, other))
            print(f"--- {targets}: {other.error}\n{text}->\n{after}")
    refused = sum(ran[text].error is not None for text in scripts)
    print(
        f"{len(scripts)} constructions, of which torch refuses {refused}; "
        f"fixed by code: {dict(codes)}"
    )
    for targets in TARGETS:
        changed = sum(of == targets for of, _ in fixed)
        print(
            f"{targets}: {changed} changed, {apart[targets]} train otherwise"
            f" ({mended[targets]} that torch refused are trained now)"
        )
    print(f"largest deviation: {largest:.1e}")
    return int(apart.total() > 0)
