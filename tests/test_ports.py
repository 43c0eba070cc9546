"""Ports, where their parts meet."""

from __future__ import annotations

from tests.conftest import check_call


def test_a_scheduler_made_for_an_int_rate_is_given_a_float() -> None:
    report = check_call("torch.optim.Adagrad(p, lr=2, lr_decay=1.0)", "paddle,mindspore")
    calls = report.constructions[0].ports
    assert "InverseDecayLR(2.0, 1.0, 1)" in str(calls["mindspore.nn"].call)
    assert calls["paddle.optimizer"].setup == (
        "scheduler = paddle.optimizer.lr.InverseTimeDecay(2.0, 1.0)",
    )
