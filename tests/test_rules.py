"""What rules make of calls as real code has them."""

from __future__ import annotations

import pytest

from tests.conftest import check

ALL = "paddle,mindspore,mindspore.experimental,mindspore.mint"


def found(source: str, targets: str) -> list[str]:
    """The findings as ``OPT201 lr possible``, in order of place."""
    return [
        " ".join([one.code, *one.arguments, one.certainty.word])
        for one in check(f"import torch\n{source}\n", targets).findings
    ]


@pytest.mark.parametrize(
    "groups, targets, expected",
    [
        ("[{'params': [u], 'lr': .1}, {'params': [v], 'lr': .01}]", "mindspore", []),
        ("[{'params': [u], 'lr': .1}, {'params': [v]}]", "mindspore", ["OPT201 lr certain"]),
        ("net.grouped(.1)", "mindspore", ["OPT201 lr possible"]),
        ("list(p)", "mindspore", ["OPT201 lr certain"]),
        ("[{'params': [u], 'lr': .1}]", "mindspore.experimental", ["OPT203 lr certain"]),
    ],
)
def test_a_default_acts_where_no_group_has_a_value(
    groups: str, targets: str, expected: list[str]
) -> None:
    assert found(f"torch.optim.SGD({groups})", targets) == expected


def test_a_default_that_is_a_factor_acts_on_every_group() -> None:
    groups = "[{'params': [u], 'lr': .1}, {'params': [v], 'lr': .01}]"
    assert "OPT201 lr certain" in found(f"torch.optim.Adamax({groups})", "paddle")


@pytest.mark.parametrize(
    "model, certainty",
    [
        ("net = torch.nn.Linear(3, 1)", "possible"),
        ("net = torch.nn.LayerNorm(3)", "certain"),
        ("class Own(torch.nn.Module):\n    def __init__(self):\n        self.gamma = w", "certain"),
        ("class Own(torch.nn.Module):\n    def __init__(self):\n        self.rate = w", "possible"),
        ("torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)", "possible"),
    ],
)
def test_a_decay_by_names_is_sure_where_such_names_are_in_sight(model: str, certainty: str) -> None:
    call = "torch.optim.SGD(net.parameters(), lr=.1, weight_decay=1e-4)"
    assert found(f"{model}\n{call}", "mindspore") == [f"OPT305 weight_decay {certainty}"]


def test_what_is_left_out_at_times_stands_at_the_call() -> None:
    source = (
        "kw = dict(lr=a.lr)\nif a.eps is not None:\n    kw['eps'] = a.eps\n"
        "torch.optim.Adagrad(p, **kw)"
    )
    (finding,) = check(f"import torch\n{source}\n", "paddle").findings
    assert (finding.code, finding.place.line, finding.arguments) == ("OPT201", 5, ("eps",))
    assert finding.certainty.word != "certain"


@pytest.mark.parametrize(
    "call, argument, hint",
    [
        ("ASGD(p, lr=.5, t0=0, lambd=0.)", "lambd", "when porting: leave lambd out"),
        ("ASGD(p, lr=.5, t0=0, lambd=0.)", "t0", "when porting: leave t0 out"),
        ("ASGD(p, lr=.5, t0=1000000.0)", "t0", "drop t0"),
        ("SGD(p, lr=.5, dampening=0.5)", "dampening", "drop dampening"),
        ("SGD(p, lr=.5, maximize=False)", "maximize", "drop maximize"),
    ],
)
def test_an_argument_is_dropped_where_torch_and_all_targets_can_do_without(
    call: str, argument: str, hint: str
) -> None:
    findings = check(f"import torch\ntorch.optim.{call}\n").findings
    (finding,) = [f for f in findings if f.code == "OPT103" and f.arguments == (argument,)]
    assert finding.hint == hint
    assert ("has no effect" in finding.message) == (call not in _CHANGES_TORCH)


_CHANGES_TORCH = {"ASGD(p, lr=.5, t0=0, lambd=0.)"}


def test_only_another_asgd_is_warned_of() -> None:
    (finding,) = [
        one
        for one in check("import torch\ntorch.optim.ASGD(p, lr=0.01)\n", ALL).findings
        if one.code == "OPT301"
    ]
    assert finding.targets == ("paddle.optimizer",)


@pytest.mark.parametrize(
    "value, hint",
    [
        ("torch.tensor(args.lr)", "write lr=float(args.lr)"),
        ("torch.tensor(0.1)", "write lr=0.1"),
        ("torch.tensor(a + b)", "write lr=float(a + b)"),
        ("1", "write lr=1.0"),
        ("2 * 3", "write lr=float(2 * 3)"),
    ],
)
def test_a_number_is_written_as_a_float(value: str, hint: str) -> None:
    report = check(f"import torch\ntorch.optim.SGD(p, lr={value})\n", ALL)
    (finding,) = [one for one in report.findings if one.code == "OPT104"]
    assert finding.hint == hint
    assert all("torch." not in str(port.call) for port in report.constructions[0].ports.values())


def test_a_group_that_has_its_own_value_is_one_cause() -> None:
    source = "torch.optim.Adagrad([{'params': a, 'eps': 0.1}, {'params': b}], lr=0.1, eps=1e-10)"
    assert [one for one in found(source, "mindspore") if " eps " in one] == [
        "OPT303 eps certain",
    ]
