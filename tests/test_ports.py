"""Ports, where their parts meet."""

from __future__ import annotations

import ast

import pytest

from tests.conftest import check, check_call


def test_a_scheduler_made_for_an_int_rate_is_given_a_float() -> None:
    report = check_call("torch.optim.Adagrad(p, lr=2, lr_decay=1.0)", "paddle,mindspore")
    calls = report.constructions[0].ports
    assert "InverseDecayLR(2.0, 1.0, 1)" in str(calls["mindspore.nn"].call)
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
