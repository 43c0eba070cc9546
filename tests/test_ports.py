"""Ports, where their parts meet."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from optport.findings import port_remarks
from optport.hazards.case import Case
from optport.hazards.expressions import expressed
from optport.hazards.fidelity import deviations, fidelity
from optport.hazards.hazard import Written
from optport.table.conditions import parse_condition
from optport.table.model import ParameterRow, Placement
from tests.conftest import check, check_call


def test_a_scheduler_made_for_an_int_rate_is_given_a_float() -> None:
    report = check_call(
        "torch.optim.Adagrad(p, lr=2, lr_decay=1.0, initial_accumulator_value=0.1)",
        "paddle,mindspore",
    )
    calls = report.constructions[0].ports
    assert str(calls["mindspore.nn"].call).startswith("mindspore.experimental.optim.Adagrad(")
    assert calls["paddle.optimizer"].setup == (
        "scheduler = paddle.optimizer.lr.InverseTimeDecay(2.0, 1.0)",
    )


@pytest.mark.parametrize("second", ["(yield from q)", "(yield)", "(z := 0.9)", "f(q)[0]"])
def test_elements_of_a_pair_can_stand_anywhere(second: str) -> None:
    text = f"from torch import optim\ndef f(q):\n    optim.Adam(q, betas=(q, {second}))\n"
    port = check(text).constructions[0].ports["paddle.optimizer"]
    assert port.call is not None
    assert f"beta1=q, beta2={second}" in port.call
    ast.parse(port.call)


@pytest.mark.parametrize(
    "source, fidelity",
    [
        ("SGD(net.parameters(), lr=0.1)", "exact"),
        ("SGD(p, lr=0.1)", "incomplete"),  # which may be groups
        ("SGD(net.parameters(), lr=0.1, **more)", "incomplete"),
        ("SGD(net.parameters(), *more)", "incomplete"),
        ("SGD(net.named_parameters(), lr=0.1)", "incomplete"),
        ("SGD([{'params': a, 'lr': 0.1}, {'params': b}], lr=0.1)", "exact"),
        ("SGD(net.parameters(), lr=0.1, momentum=0.9, dampening=0.5)", "approximate"),
        ("SGD(p, lr=0.1, momentum=0.9, dampening=0.5)", "approximate"),
        ("RMSprop(net.parameters(), lr=0.1, alpha=0.99, eps=1e-8)", "close"),
        ("RMSprop(net.parameters(), lr=0.1, alpha=0.99, eps=eps)", "approximate"),
        ("Muon(net.parameters())", "none"),
    ],
)
def test_a_port_says_how_closely_it_follows(source: str, fidelity: str) -> None:
    report = check(f"import torch\ntorch.optim.{source}\n", "paddle")
    port = report.constructions[0].ports["paddle.optimizer"]
    assert port.fidelity == fidelity
    assert (port.call is None) == (fidelity == "none")


def test_groups_of_another_place_are_incomplete_and_read_where_they_can_be() -> None:
    report = check(
        "import torch\ngroups = [{'params': a, 'lr': 0.1}, {'params': b}]\n"
        "torch.optim.SGD(groups, lr=0.01)\n",
        "paddle",
    )
    port = report.constructions[0].ports["paddle.optimizer"]
    assert port.call == "paddle.optimizer.SGD(learning_rate=0.01, parameters=groups)"
    assert port.fidelity == "incomplete"
    assert port.groups == (
        (Written("params", "a", "params"), Written("learning_rate", "10.0", "lr")),
        (Written("params", "b", "params"),),
    )


def test_a_port_hands_on_all_that_can_t_be_read() -> None:
    report = check_call("torch.optim.Adam(*args, lr=0.1, **more)", "paddle")
    port = report.constructions[0].ports["paddle.optimizer"]
    assert port.call == "paddle.optimizer.Adam(learning_rate=0.1, *args, **more)"
    assert port.fidelity == "incomplete"


def test_a_port_is_known_by_its_parts() -> None:
    report = check_call("torch.optim.Adam(net.parameters(), betas=b, eps=0.1)", "paddle")
    port = report.constructions[0].ports["paddle.optimizer"]
    assert port.callee == "paddle.optimizer.Adam"
    assert port.arguments == (
        Written("beta1", "b[0]", "betas"),
        Written("beta2", "b[1]", "betas"),
        Written("epsilon", "0.1", "eps"),
        Written("parameters", "net.parameters()", "params"),
    )


@pytest.mark.parametrize(
    "handed, there",
    [
        ("net.parameters()", "net.trainable_params()"),
        ("list(net.parameters())", "list(net.trainable_params())"),
        ("[*a.parameters(), *b.parameters()]", "[*a.trainable_params(), *b.trainable_params()]"),
        ("net.parameters(recurse=False)", "net.parameters(recurse=False)"),
        ("größe.parameters()", "größe.trainable_params()"),
    ],
)
def test_cells_are_asked_by_their_own_methods(handed: str, there: str) -> None:
    report = check_call(f"torch.optim.SGD({handed}, lr=0.1)", "mindspore,paddle")
    ports = report.constructions[0].ports
    assert ports["mindspore.nn"].arguments[0].text == there
    assert handed in str(ports["paddle.optimizer"].call)


@pytest.mark.parametrize(
    "arguments, text",
    [
        ("lr=0.1, eps=1e-6", "1e-09"),
        ("lr=0.1, eps=1e-6, betas=(0.9, 0.99)", "1e-08"),
        ("lr=0.1, eps=small, betas=(0.9, 0.99)", "small * (1 - 0.99)"),
        ("lr=0.1, eps=a + b, betas=pair", "(a + b) * (1 - pair[1])"),
        ("lr=0.1", "1e-11"),
    ],
)
def test_an_expression_of_the_table_is_computed_where_it_can_be(arguments: str, text: str) -> None:
    (checked,) = check_call(f"torch.optim.Adamax(p, {arguments})", "paddle").constructions
    case = checked.judgements[0].case
    assert case is not None
    assert expressed(case, "{eps} * (1 - {betas[1]})", case.lookup, case.given) == text


def test_a_port_that_is_close_says_where_it_is_not_exact() -> None:
    (checked,) = check_call("torch.optim.SGD(net.parameters(), lr=0.1)", "paddle").constructions
    case = checked.judgements[0].case
    assert case is not None

    def judged(row: ParameterRow, case: Case = case) -> Case:
        return replace(case, pairing=replace(case.pairing, inexact=(row,)))

    always, seldom = parse_condition("lr > 0"), parse_condition("lr < 0.01")
    close = replace(case.rows["lr"], inexact_when=always, close_when=always, deviation="8e-3")
    assert fidelity(judged(close), []) == "close"
    assert deviations(judged(close)) == ("8e-3",)
    assert fidelity(judged(replace(close, close_when=seldom)), []) == "approximate"
    placement = Placement("adds it elsewhere", seldom, exact_when=seldom, close_when=always)
    placed = replace(close, inexact_when=None, placement=placement)
    assert fidelity(judged(placed), []) == "close"


def test_what_a_port_leaves_to_do_is_said_by_code() -> None:
    source = (
        "import torch\ntorch.optim.SGD([{'params': a, 'dampening': 0.1}, {'params': b}], lr=0.1,\n"
        "    momentum=0.9, dampening=0.5, maximize=True, foreach=True)\n"
    )
    (checked,) = check(source, "paddle").constructions
    assert port_remarks(checked.construction, checked.judgements[0]) == (
        ("OPT102", "scale the rate by 1 - dampening, which comes closest"),
        ("OPT102", "minimise -loss"),
        ("OPT402", "use a separate optimizer"),
    )
