"""No source makes the core fail: extremes, generated programs, and mutations of real files."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from random import Random

import pytest
from fuzzing.grammar import Writer
from fuzzing.growth import drawn
from fuzzing.mutation import mutated
from fuzzing.oracles import Failure, badly_said, failure, parsed
from fuzzing.search import Search, sized
from hypothesis import given, settings
from hypothesis import strategies as st

from optport.check import check_source
from optport.files import decode
from optport.gate import concerns_us
from optport.options import make_options
from optport.rewrite.source import port_source
from optport.signatures import ApiKind, family, known_names
from optport.targets import parse_target
from tests.conftest import ROOT, check, check_call, codes
from tests.extremes import CHAINS, FOUND, Extreme, Form, deepest, extremes, made

EVERYTHING = make_options("paddle,mindspore,mindspore.experimental,mindspore.mint", "", notes=True)
READ = {name: extreme for name, extreme in extremes().items() if extreme.parses}


def assert_read(extreme: Extreme) -> None:
    text = decode(extreme.content)
    report = check_source(text, EVERYTHING)
    assert FOUND in codes(report)
    assert badly_said(report, text) is None


@pytest.mark.slow
@pytest.mark.parametrize("extreme", READ.values(), ids=READ)
def test_an_extreme_is_read(extreme: Extreme) -> None:
    assert_read(extreme)


@pytest.mark.slow
@pytest.mark.parametrize("form", CHAINS.values(), ids=CHAINS)
def test_chains_may_be_as_deep_as_the_parser_takes_them(form: Form) -> None:
    assert_read(made(deepest(form)))


PORT = "port is no expression"
"""Tested by itself, below."""


def broken(text: str) -> Failure | None:
    """What does not hold of a text, with a construction at its end if it has none."""
    text = text if concerns_us(text) else f"{text}\nimport torch\ntorch.optim.ASGD(q)\n"
    found = failure(text, EVERYTHING)
    return None if found is not None and found.kind.startswith(PORT) else found


@pytest.mark.slow
@settings(max_examples=200)
@given(st.randoms(use_true_random=False))
def test_generated_programs(random: Random) -> None:
    text = Writer(random).program()
    assert parsed(text) is None or broken(text) is None


def test_most_generated_programs_are_python_and_many_build_something() -> None:
    texts = [Writer(Random(number)).program() for number in range(100)]
    python = [text for text in texts if parsed(text) is not None]
    assert len(python) > 60
    assert sum(bool(check(text).constructions) for text in python) > 20


def seeds() -> list[Path]:
    """The project's own examples, and modules of the standard library."""
    library = Path(json.__file__).parent.parent
    names = ["functools.py", "contextlib.py", "dataclasses.py", "enum.py"]
    own = [*ROOT.glob("tests/fixtures/*.py"), *ROOT.glob("tests/scripts/*.py")]
    return [*sorted(own), *(library / name for name in names)]


@pytest.mark.slow
@pytest.mark.parametrize("path", seeds(), ids=lambda path: path.stem)
def test_mutated_files(path: Path) -> None:
    original = path.read_text(encoding="utf-8")
    read = 0
    for number in range(12):
        random = Random(f"{path.name} {number}")
        text = mutated(original, random, Writer(random))
        if parsed(text) is not None:
            read += 1
            assert broken(text) is None, f"mutation {number}"
    assert read


@pytest.mark.slow
def test_sources_that_grow_are_python_and_as_large_as_asked_for() -> None:
    texts = [sized(drawn(Random(number)), 3000) for number in range(60)]
    python = [text for text in texts if text is not None]
    assert len(python) > 45
    assert sum(2000 < len(text) <= 3000 for text in python) > 35
    assert max(map(len, python)) <= 3000


@pytest.mark.slow
def test_sources_that_grow_are_checked_in_proportion() -> None:
    search = Search(Random(1), EVERYTHING, lambda check: check())
    assert [found for found in (search.step() for _ in range(25)) if found is not None] == []
    assert search.kept


HUGE = "0x" + "f" * 10_000


@pytest.mark.parametrize(
    "arguments",
    [
        f"lr={HUGE}",
        f"lr={HUGE} if q else -{HUGE}",
        f"lr=0.1, eps={HUGE}, betas=({HUGE}, [{HUGE}])",
        f"[{{'params': q, 'lr': {HUGE}}}, {{'params': q, 'lr': 0.1}}], lr={HUGE}",
        f"[{{'params': q, 'lr': {HUGE}}}], lr=1e-300, weight_decay={HUGE}",
        f"eps=[0, 0x{'f' * 3700}], max_lr={{[]: 1}}",
        "lr={1: 2}[[]], betas=({[]: 1}, {1: 2}[[q]])",
        "lr=10**300, eps=10**300",
        "[{'params': q, 'lr': 10**14}], lr=5e-324",
        "lr=1e999, eps=-1e999, betas=[1e999, 0]",
        "lr=float('nan'), eps=1e200, betas=(0, float('inf'))",
        "lr=int('9' * 400), eps=int('" + "9" * 400 + "')",
    ],
    ids=lambda arguments: arguments[:24],
)
@pytest.mark.parametrize(
    "optimizer",
    [
        *("Adam", "SGD"),
        *(pytest.param(n, marks=pytest.mark.slow) for n in ("ASGD", "Adagrad", "RMSprop", "AdamW")),
    ],
)
def test_numbers_that_no_float_holds(optimizer: str, arguments: str) -> None:
    handed = arguments if arguments.startswith("[") else f"q, {arguments}"
    call = f"torch.optim.{optimizer}({handed})"
    assert failure(f"import torch\n{call}\n", EVERYTHING) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "value",
    [
        *("[[x], 1.2]", "(0, [x])", "torch.tensor([[x]])", "[[[x]]]", "[torch.tensor([x]), 0.9]"),
        *("{'a': [x]}", "[*[x], [0.5]]", "((x,), (x,))", "-[[x]]", "[x] * 2", "numpy.array([[x]])"),
    ],
)
def test_nothing_is_said_of_what_is_unread_inside_of_values(value: str) -> None:
    for name in known_names(ApiKind.OPTIMIZER):
        lines = ["import torch, numpy"]
        for parameter in family("torch.optim").parameters_ever(name):
            handed = "" if parameter == "params" else "q, "
            lines.append(f"torch.optim.{name}({handed}{parameter}={value})")
        assert failure("\n".join([*lines, ""]), EVERYTHING) is None, name


@pytest.mark.parametrize(
    "element",
    [
        f"0x{'f' * 5000}",
        *(
            pytest.param(text, marks=pytest.mark.slow)
            for text in ("-" * 900 + "1", "q" + ".a" * 900, "not " * 600 + "q")
        ),
    ],
)
def test_what_cannot_be_written_out_is_read(element: str) -> None:
    torch, tail = "torch.optim", f"(\n{element})"
    for call in (
        *(f"SGD(*[q, {element}])", f"Adam(*(q, {element}), eps=1)", f"ASGD(*[q], *[{element}])"),
        *(f"ASGD(q, lr={tail})", f"SGD([{{'params': q, 'lr': {tail}}}], 1)", f"SGD({tail}, 1)"),
        f"lr_scheduler.StepLR({torch}.SGD(q, lr={tail}), {tail})",
        f"lr_scheduler.LambdaLR({torch}.SGD(*[q, {element}]), {tail})",
        f"lr_scheduler.ConstantLR({tail}, {tail})",
    ):
        assert failure(f"import torch\n{torch}.{call}\n", EVERYTHING) is None


@pytest.mark.parametrize("betas", ["0.1", "(0.9,)", "'ab'", "{0: 1}", "None", "[0.9, 'x']"])
def test_values_in_place_of_a_pair_that_are_none(betas: str) -> None:
    for name in ("Adam", "Adamax", "NAdam", "RAdam"):
        call = f"torch.optim.{name}(q, lr=0.1, betas={betas})"
        assert failure(f"import torch\n{call}\n", EVERYTHING) is None


@pytest.mark.parametrize("target", ["paddle", "mindspore", "mindspore.experimental"])
@pytest.mark.parametrize(
    "lines",
    [
        "if a: z = {cycle}\nelse: z = {cycle}",
        "try: z = {cycle}\nexcept E: z = {cycle}\nfinally: {cycle}",
        "match q:\n    case 1: z = {cycle}\n    case _: z = {cycle}",
        "if a:\n    if b: z = {cycle}\n    elif {cycle}: pass\n    else: {cycle}",
        "for i in q: o.param_groups[0]['lr'] = o.zero_grad(torch.optim.SGD)",
        "for i in q: o.param_groups[0]['lr'] = torch.optim.Muon(p, lr=torch.optim.SGD)",
        "o.zero_grad(o.param_groups[0]['lr'], o.zero_grad(set_to_none=False))",
        "z = f'{{o.param_groups[partial(torch.optim.SGD, lr=1)]}}'",
        "z = f'{{o.step(closure={huge})}} {{o.param_groups[{huge}]}}'",
        "z[{huge}].a = torch.optim.SGD(q, lr=0.1)",
    ],
)
def test_what_is_ported_where_lines_and_edits_meet_is_python(lines: str, target: str) -> None:
    cycle = "torch.optim.lr_scheduler.OneCycleLR(o, max_lr=q, total_steps=q)"
    head = "import torch\nfrom functools import partial\no = torch.optim.SGD(p, lr=0.1)\n"
    text = head + lines.format(cycle=cycle, huge="0x" + "f" * 3700) + "\n"
    ast.parse(port_source(text, parse_target(target)).text)


@pytest.mark.parametrize("optimizer", ["Adam", "SGD", "Adagrad", "RMSprop", "ASGD"])
def test_messages_stay_short_however_long_the_arguments_are(optimizer: str) -> None:
    text = "'" + "x" * 5000 + "'"
    report = check_call(
        f"torch.optim.{optimizer}([{{'params': q, 'lr': f({text})}}], lr=g({text}) or 1, "
        f"weight_decay={text}, maximize={text}, foreach={text}, eps=[{text}])",
        "paddle,mindspore,mindspore.experimental,mindspore.mint",
    )
    assert report.findings
    assert max(len(finding.message) for finding in report.findings) < 1500


@pytest.mark.parametrize(
    "call",
    [
        "RMSprop(q, *[0.1, 0.9])",
        "RMSprop(q, lr=(x := 0.1))",
        "RMSprop(q, lr=(yield q))",
        "Adam(q, betas=[*q, *q])",
        "Adam(q, **{'betas': (yield)})",
    ],
)
def test_ports_are_expressions(call: str) -> None:
    text = f"import torch\ndef f(q):\n    torch.optim.{call}\n"
    assert failure(text, EVERYTHING) is None


SCHEDULERS = ("lr_scheduler.MultiStepLR", "lr_scheduler.OneCycleLR", "lr_scheduler.LambdaLR")
NESTED = (
    "[[x], 1.2]",
    "(0, [x])",
    "[0.9, (y, [x])]",
    "torch.tensor([[x]])",
    "torch.tensor([[x, 0.5]])",
    "torch.tensor(torch.tensor([x]))",
    "{'a': [x]}",
    "[{x: [y]}, 1]",
    "(1e-6, [[[50]]])",
    "[[..., x]]",
    "[[1.5], {2}]",
)
"""Values with something unread inside of them, one deep or more."""


@pytest.mark.slow
@pytest.mark.parametrize("api", [*known_names(ApiKind.OPTIMIZER), *SCHEDULERS])
def test_what_cannot_be_read_inside_of_a_value_is_not_written(api: str) -> None:
    first = "torch.optim.SGD(q)" if api in SCHEDULERS else "q"
    for value in NESTED:
        given = [f"{name}={value}" for name in family("torch.optim").parameters_ever(api)]
        calls = [f"torch.optim.{api}({first}, {one})\n" for one in given if "params=" not in one]
        if api not in SCHEDULERS:
            calls.append(f"torch.optim.{api}([{{'params': [[q]], 'lr': {value}}}])\n")
        text = f"import torch\n{''.join(calls)}"
        assert badly_said(check_source(text, EVERYTHING), text) is None


@pytest.mark.parametrize(
    "call",
    [
        "Rprop(q, etas=[[x], 1.2])",
        "Adafactor(q, eps=[0, [x]])",
        "Adam(q, lr=torch.tensor([[x]]))",
        "Adam(torch.tensor([[x, 0.5]]))",
    ],
)
def test_nor_is_it_written_in_advice_and_ports(call: str) -> None:
    text = f"import torch\ntorch.optim.{call}\n"
    assert failure(text, EVERYTHING) is None


@pytest.mark.parametrize(
    "key",
    ["my key", "a or b", "lr + 1", "\\x1bk", "l\\u2028r", "", "lr[0]", "x is numpy", "1", "ß", "("],
)
def test_a_key_of_a_group_may_be_any_text(key: str) -> None:
    calls = [
        f"torch.optim.{one}([{{'params': q, '{key}': np.float32(2), 'lr': 1}}], 0.1)\n"
        for one in ("SGD", "Adam", "ASGD")
    ]
    assert failure(f"import numpy as np, torch\n{''.join(calls)}", EVERYTHING) is None
