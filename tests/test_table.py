"""The table's reader and its audit: each mistake is an error that names file, row and remedy."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from optport.signatures import ApiKind, family, known_names
from optport.table import TableError, api_names, api_table, audit, roles, targets
from optport.table.audit import problems, rules_problems, table_problems
from optport.table.load import ROWS, read_table, read_targets
from optport.table.model import Also, ApiTable, Fate, Role, Verdict
from tests.conftest import quick_and_slow

GOOD = """\
torch = "SparseAdam"

[[rows]]
target = "paddle.optimizer"
counterpart = "Adam"
differs = "is another algorithm"
also = [{ word = "scalars-of-shape-1", text = "raises for scalars", when = "eps/10 >= 0.1" }]

[rows.parameters]
lr = { to = "learning_rate", rejects = [
  "rate-or-scheduler-only",
  { when = "value/2 == 0", error = "raises" },
] }
betas = { to = ["beta1", "beta2"] }

[rows.parameters.maximize]
fate = "replaced"
neutral = "value is falsy"
workaround = { advice = "negate the loss", also = ["negate-loss"] }

[rows.parameters.eps]
to = "epsilon"
placement = { matters = "value >= 1e-3 and betas[1] > 0", text = "adds it elsewhere" }
evidence = ["SparseAdam(lr=0.1)"]

[rows.own]
weight_decay = { note = "None by default." }
amsgrad = { note = "Off by default." }

[[rows]]
target = "mindspore.nn"

[[rows]]
target = "mindspore.experimental.optim"

[[rows]]
target = "mindspore.mint.optim"
counterpart = "SGD"
evidence = ["source: mindspore/mint/optim/sgd.py"]

[rows.parameters]
params = { fate = "kept", evidence = ["source: sgd.py"] }
lr = { fate = "kept", evidence = ["source: sgd.py"] }
betas = { fate = "lost", evidence = ["source: sgd.py"] }
eps = { fate = "lost", evidence = ["source: sgd.py"] }
maximize = { fate = "kept", evidence = ["source: sgd.py"] }

[rows.own]
momentum = { note = "None by default." }
dampening = { note = "None by default." }
weight_decay = { note = "None by default." }
nesterov = { note = "Off by default." }

[[detours]]
targets = ["mindspore.nn"]
torch = "Adam"
target = "mindspore.experimental.optim"
when = "eps >= 1e-3"
evidence = ["Adam(eps=0.001)"]

[[corrections]]
page = "Paddle"
says = "something else"
measured = "Wrong."
evidence = ["SparseAdam()"]

[caveat]
hazard = "caveat"
text = "has a caveat"
advice = "use another"
"""


MATTERS = '"value >= 1e-3 and betas[1] > 0"'
PLACED = f'{{ matters = {MATTERS}, text = "adds it elsewhere" }}'


def read(folder: Path, text: str) -> ApiTable:
    path = folder / "rows.toml"
    path.write_text(text, encoding="utf-8")
    return read_table(path, targets())


def edited(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_good_file_has_no_problems(tmp_path: Path) -> None:
    table = read(tmp_path, GOOD)
    assert list(table_problems(table, targets())) == []
    row = table.correspondences[0]
    assert row.parameters["betas"].to == ("beta1", "beta2")
    assert [rejection.error for rejection in row.parameters["lr"].rejects][1:] == ["raises"]
    assert row.parameters["lr"].rejects[0].write == "float"
    assert row.parameters["maximize"].fate is Fate.REPLACED
    assert row.parameters["params"].to == ("parameters",)
    (outside,) = row.also
    assert outside.word is Also.SCALARS
    assert outside.when is not None and outside.when.names == {"eps"}
    halved = row.parameters["lr"].rejects[1].when
    assert halved is not None and halved.text == "lr/2 == 0"


def test_a_condition_may_be_alternatives_with_reasons_and_compute(tmp_path: Path) -> None:
    listed = """[
  { when = "first >= 1e-6", why = "the first step" },
  { when = "value > 0.1 and betas[0] == 0", why = "no momentum" },
]"""
    placed = (
        f'{{ quantities = {{ first = "eps/(1-betas[1])**0.5" }}, matters = {listed}, text = "x" }}'
    )
    named = edited(PLACED, '"early"') + f"\n[placements]\nearly = {placed}\n"
    for text in (edited(PLACED, placed.replace("\n", " ")), named):
        placement = read(tmp_path, text).correspondences[0].parameters["eps"].placement
        assert placement is not None
        assert placement.matters.text == (
            "(eps/(1-betas[1])**0.5) >= 1e-6 or eps > 0.1 and betas[0] == 0"
        )
        assert [one.why for one in placement.matters.alternatives] == [
            "the first step",
            "no momentum",
        ]


@pytest.mark.parametrize(
    "old, new, says",
    [
        ("torch = ", "touch = ", ["torch is missing"]),
        ("torch = ", "x = 1\ntorch = ", ["'x'", "allowed: absolute, caveat, correct"]),
        ('torch = "SparseAdam"', 'torch = "Novograd"', ["torch has no Novograd"]),
        ('torch = "SparseAdam"', 'torch = "Optimizer.step"', ["a method has no rows, but uses"]),
        ('torch = "SparseAdam"', "torch = 3", ["torch must be a str", "3"]),
        ('torch = "SparseAdam"', "torch = ", ["line 1"]),
        ('"paddle.optimizer"', '"paddle"', ["'paddle'", "known: paddle.optimizer, mindspore.nn"]),
        ('counterpart = "Adam"', "", ["rows 1", "counterpart"]),
        ("differs = ", "diffres = ", ["rows 1", "'diffres'", "allowed: ", "differs"]),
        (
            'fate = "replaced"',
            'fate = "moved"',
            [": maximize: ", "'moved'", "kept, renamed, split"],
        ),
        ('"learning_rate"', '["learning_rate"]', [": lr: ", "to must name 2"]),
        ('to = ["beta1", "beta2"]', "to = 1", [": betas: ", "to must be"]),
        ('to = ["beta1", "beta2"]', 'to = ["beta1"]', [": betas: ", "to must name 2"]),
        ('to = ["beta1", "beta2"]', "to = [1, 2]", [": betas: ", "to must be"]),
        ('{ to = ["beta1", "beta2"] }', '"split"', ["rows 1", ": betas: expected a table"]),
        ('evidence = ["SparseAdam(lr=0.1)"]', "evidence = [1]", [": eps: ", "list of strings"]),
        ('evidence = ["SparseAdam()"]', "", ["corrections 1", "evidence is missing"]),
        ('["SparseAdam()"]', '"SparseAdam()"', ["corrections 1", "evidence must be a list"]),
        (
            '"rate-or-scheduler-only"',
            '"rate-only"',
            [": lr: rejects[0]", "'rate-only'", "known: ", "rate-or-scheduler-only"],
        ),
        ('counterpart = "Adam"', 'like = "Adem"', ["rows 1", "like 'Adem': there is no Adem.toml"]),
        ('when = "value/2 == 0", ', "", [": lr: rejects[1]", "when is missing"]),
        (', error = "raises"', "", [": lr: rejects[1]", "error is missing"]),
        ('"value/2 == 0"', '"value = 0"', [": lr: rejects[1]", "'lr = 0' is no test"]),
        ('word = "scalars-of-shape-1", ', "", ["rows 1", "also 1: word is missing"]),
        ('"scalars-of-shape-1"', '"scalars"', ["rows 1", "'scalars' is not one of negate-loss"]),
        ("error = ", "eror = 1, error = ", [": lr: rejects[1]", "'eror'", "allowed: before"]),
        ('"value is falsy"', '"value is small"', [": maximize: ", "'small'", "truthy, falsy"]),
        (" > 0", " is even", [": eps: placement", "'even'", "truthy, falsy"]),
        ('matters = "value >= 1e-3 and betas[1] > 0", ', "", [": eps: ", "matters is missing"]),
        (', text = "adds it elsewhere"', "", [": eps: placement", "text is missing"]),
        (PLACED, '"elsewhere"', [": eps: unknown placement 'elsewhere'; known: "]),
        (MATTERS, '[{ when = "value > 0" }]', [": eps: placement: matters: why is missing"]),
        (MATTERS, '[{ why = "so" }]', [": eps: placement: matters: when is missing"]),
        (MATTERS, '[{ when = "few = 0", why = "so" }]', [": eps: placement", "'few = 0' is no"]),
        ("workaround = {", "work = {", [": maximize: ", "workaround"]),
        ('fate = "replaced"', 'fate = "lost"', [": maximize: ", "workaround"]),
        ('"negate-loss"', '"negate"', [": maximize: workaround", "'negate'", "negate-loss, step"]),
        ('note = "None by default."', "", ["weight_decay", "note is missing"]),
        ('amsgrad = { note = "Off by default." }', "amsgrad = 1", ["amsgrad: expected a table"]),
        ('["mindspore.nn"]', '["mindspore"]', ["detours 1", "'mindspore'", "known: paddle"]),
        ('when = "eps >= 1e-3"', 'when = "eps"', ["detours 1", "'eps' is no test"]),
        ('page = "Paddle"', "", ["corrections 1", "page is missing"]),
        ('hazard = "caveat"', "", ["caveat", "hazard is missing"]),
        ("[caveat]", "[[caveat]]", ["caveat must be a dict"]),
        ("[[detours]]", "[detours]", ["detours must be a list"]),
    ],
)
def test_the_reader_names_row_and_remedy(
    tmp_path: Path, old: str, new: str, says: list[str]
) -> None:
    with pytest.raises(TableError) as caught:
        read(tmp_path, edited(old, new))
    message = str(caught.value)
    assert message.startswith("rows.toml: ")
    assert [word for word in says if word not in message] == []


@pytest.mark.parametrize(
    "old, new, says",
    [
        ('counterpart = "Adam"', 'counterpart = "Adem"', ["paddle.optimizer never had Adem"]),
        (".maximize]", ".minimize]", ["parameter minimize (the row): no version of torch"]),
        ("lr = { fate", "lw = { fate", ["SGD", "parameter lr (the signatures): mindspore.mint.op"]),
        ("betas = { fate", "bets = { fate", ["SGD", "parameter betas has no fate"]),
        ('"learning_rate"', '"rate"', ["parameter lr (the row)", "Adam never had rate"]),
        ('"learning_rate"', '"rate"', ["own parameter learning_rate has no row"]),
        ("amsgrad = ", "amsgrat = ", ["Adam's own parameter amsgrad has no row"]),
        ("amsgrad = ", "amsgrat = ", ["own parameter amsgrat: Adam never had it"]),
        (
            ', evidence = ["source: sgd.py"]',
            "",
            ["parameter params (the row): evidence is missing"],
        ),
        ('evidence = ["source: mindspore/mint/optim/sgd.py"]', "", ["row: evidence is missing"]),
        ('"value/2 == 0"', '"value == foo"', ["parameter lr", "'foo', no parameter of torch's"]),
        ("betas[1]", "beta[1]", ["parameter eps", "'beta', no parameter of torch's"]),
        ('"value is falsy"', '"ascend is falsy"', ["parameter maximize", "'ascend', no parameter"]),
        ("eps/10", "epsilon/10", ["paddle", "a condition names 'epsilon'"]),
        ("eps >= 1e-3", "epsilon >= 1e-3", ["detour", "'epsilon', no parameter of torch's"]),
        ("error = ", 'before = "3.0.7", error = ', ["parameter lr", "'3.0.7' is no known version"]),
        ('to = "epsilon"', 'default_differs = true\nto = "epsilon"', ["eps", "are the same"]),
        (
            'to = ["beta1", "beta2"]',
            'to = ["beta2", "beta1"]',
            ["parameter betas", "differ", "default_differs"],
        ),
        (
            '"SparseAdam(lr=0.1)"',
            '"SparseAdam(rate=0.1)"',
            ["parameter eps", "no parameter 'rate'"],
        ),
        ('"SparseAdam(lr=0.1)"', '"hearsay"', ["parameter eps", "'hearsay' is neither a call nor"]),
        (
            '"SparseAdam(lr=0.1)"',
            '"SparseAdam(0.1)"',
            ["parameter eps", "only groups are given by"],
        ),
        ('hazard = "caveat"', 'hazard = "buggy"', ["caveat: unknown hazard 'buggy'"]),
        ('target = "mindspore.nn"', 'target = "paddle.optimizer"', ["no row for mindspore.nn"]),
        (
            'target = "mindspore.nn"',
            'when = "lr == 0"\ntarget = "mindspore.nn"',
            ["mindspore.nn: the last row"],
        ),
        (
            'to = "epsilon"',
            'expression = "{epsy}"\nto = "epsilon"',
            ["eps", "template names 'epsy'"],
        ),
        ("rejects = [", 'default_hazard = "odd", rejects = [', ["parameter lr", "hazard 'odd'"]),
    ],
)
def test_the_audit_names_row_and_mistake(
    tmp_path: Path, old: str, new: str, says: list[str]
) -> None:
    found = list(table_problems(read(tmp_path, edited(old, new)), targets()))
    assert any(all(word in line for word in says) for line in found), found


def test_a_target_with_an_unknown_key(tmp_path: Path) -> None:
    text = (ROWS.parent / "targets.toml").read_text(encoding="utf-8")
    path = tmp_path / "targets.toml"
    path.write_text(text.replace("short = ", "colour = 1\nshort = ", 1), encoding="utf-8")
    with pytest.raises(TableError, match=r"targets.toml: targets 1: unknown key 'colour'; allowed"):
        read_targets(path)


@pytest.mark.parametrize(
    "old, new, says",
    [
        ('{ to = "parameters" }', '{ too = "x" }', "params: unknown key 'too'; allowed: advice"),
        ('{ to = "parameters" }', "{ to = 1 }", "params: to must be a str or list"),
        ('"int-decay-at-step"], note', '"int-decay"], note', "weight_decay: rejects[0]: unknown"),
        ("fused = ", "fuse = ", "fuse: no optimizer has such a parameter"),
    ],
)
def test_the_audit_names_what_a_target_states_for_all(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    path = tmp_path / "targets.toml"
    text = (ROWS.parent / "targets.toml").read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    paddle = read_targets(path)["paddle.optimizer"]
    names = [*api_names(ApiKind.OPTIMIZER), *api_names(ApiKind.SCHEDULER)]
    tables = [table for name in names if (table := api_table(name)) is not None]
    (line,) = rules_problems(paddle, tables)
    assert line.startswith(f"targets.toml: targets 1: optimizers: {says}")


def test_the_tables_of_the_package_have_no_problems() -> None:
    assert list(problems()) == []


def test_every_torch_optimizer_has_its_rows() -> None:
    assert set(api_names(ApiKind.OPTIMIZER)) == set(known_names(ApiKind.OPTIMIZER))
    assert api_table("Novograd") is None


def test_a_missing_or_unreadable_file_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "SparseAdam.toml").write_text(edited("differs = ", "diffres = "), encoding="utf-8")
    monkeypatch.setattr(audit, "ROWS", tmp_path)
    assert audit.main() == 1
    lines = capsys.readouterr().out.splitlines()
    assert "Adam.toml: missing, though torch has Adam" in lines
    assert [line for line in lines if "'diffres'" in line and line.startswith("SparseAdam.toml")]


def test_the_audit_says_that_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main() == 0
    assert "no problems" in capsys.readouterr().out


METHOD = """\
torch = "Optimizer.zero_grad"

[[uses]]
targets = ["paddle.optimizer"]
before = "3.3.0"
when = "set_to_none is falsy"
verdict = "missing"
advice = "write clear_grad()"
becomes = "clear_grad()"

[[uses]]
targets = ["paddle.optimizer"]
access = ["call"]
torch_before = "2.0.0"
left_out = "set_to_none"
verdict = "differs"
text = "drops the gradients"
advice = "write set_to_none=False"
write = { set_to_none = "False" }

[[uses]]
targets = ["mindspore.mint.optim"]
verdict = "missing"
advice = "drop the call"
evidence = ["source: mindspore/experimental/optim/optimizer.py"]
"""


def test_the_uses_of_a_method(tmp_path: Path) -> None:
    table = read(tmp_path, METHOD)
    assert table.kind is ApiKind.METHOD
    assert list(table_problems(table, targets())) == []
    older, _, mint = table.uses
    assert older.becomes is not None and older.becomes.text == "clear_grad()"
    assert older.verdict is Verdict.MISSING
    assert mint.targets == ("mindspore.mint.optim",)
    (tmp_path / "rows.toml").write_text(METHOD, encoding="utf-8")
    (only,) = read_table(tmp_path / "rows.toml", targets(), "mindspore.mint.optim").uses
    assert only == mint


@pytest.mark.parametrize(
    "old, new, says",
    [
        ('["paddle.optimizer"]', '["paddle"]', ["uses 1: unknown target 'paddle'; known: paddle."]),
        ('verdict = "missing"', "", ["uses 1: verdict is missing"]),
        ('verdict = "missing"', 'verdict = "gone"', ["verdict: 'gone' is not one of missing, dif"]),
        ('verdict = "missing"', 'verdict = "differs"', ["uses 1: text says what a member does"]),
        ('["call"]', '["called"]', ["uses 2: access: 'called' is not one of call, read"]),
        ('"clear_grad()"', '"clear_grad({)"', ["uses 1: template 'clear_grad({)'"]),
        ('"clear_grad()"', '"clear({a.b})"', ["uses 1: template", "{a.b} is no parameter"]),
        ('text = "drops', 'test = "drops', ["uses 2: text says"]),
        ("before = ", "until = ", ["uses 1: unknown key 'until'; allowed: access, advice"]),
    ],
)
def test_the_reader_names_use_and_remedy(
    tmp_path: Path, old: str, new: str, says: list[str]
) -> None:
    assert old in METHOD
    with pytest.raises(TableError) as caught:
        read(tmp_path, METHOD.replace(old, new, 1))
    message = str(caught.value)
    assert message.startswith("rows.toml: ")
    assert [word for word in says if word not in message] == []


@pytest.mark.parametrize(
    "old, new, says",
    [
        ("set_to_none is", "set_to is", "uses 1: 'set_to' is no parameter of torch's Optimizer.z"),
        ('"clear_grad()"', '"clear_grad({zero})"', "uses 1: 'zero' is no parameter"),
        ('left_out = "set_to_none"', 'left_out = "zero"', "uses 2: 'zero' is no parameter"),
        ("write = { set_to_none", "write = { zero", "uses 2: 'zero' is no parameter"),
        ('"3.3.0"', '"3.3.7"', "uses 1: before = '3.3.7' is no known version of paddle.optimizer"),
        ('before = "3.3.0"', "", "uses 1: paddle.optimizer has Optimizer.zero_grad since 3.3.0"),
        ('before = "3.3.0"', 'before = "3.2.0"', "uses 1: paddle.optimizer has Optimizer.zero"),
        ('"2.0.0"', '"1.99"', "uses 2: '1.99' is no known version of torch"),
        ("evidence = [", "# [", "uses 3: evidence is missing: mindspore.mint.optim is not exec"),
    ],
)
def test_the_audit_names_use_and_mistake(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in METHOD
    table = read(tmp_path, METHOD.replace(old, new, 1))
    assert any(line.startswith(says) for line in table_problems(table, targets()))


def test_the_parts_that_parameters_play_are_torchs() -> None:
    assert roles(ApiKind.OPTIMIZER)[Role.RATE] == "lr"
    for kind in (ApiKind.OPTIMIZER, ApiKind.SCHEDULER, ApiKind.METHOD):
        names = known_names(kind)
        ever = {one for name in names for one in family("torch.optim").parameters_ever(name)}
        assert set(roles(kind).values()) <= ever


@pytest.mark.parametrize(
    "path", quick_and_slow(sorted(ROWS.glob("*.toml"))), ids=lambda path: path.stem
)
def test_rows_are_the_same_from_json(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    prepared = json.dumps(tomllib.loads(path.read_text(encoding="utf-8")))
    copy.write_text("not = [read", encoding="utf-8")
    copy.with_suffix(".json").write_text(prepared, encoding="utf-8")
    assert read_table(copy, targets()) == read_table(path, targets())
