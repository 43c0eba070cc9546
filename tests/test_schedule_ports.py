"""Ports of schedulers, and of optimizers with the schedulers that set their rates."""

from __future__ import annotations

import ast
import math
from typing import Any

import pytest

from optport.check import check_source
from optport.hazards.exact_ints import needs_int
from optport.hazards.free_names import free_names
from optport.hazards.hazard import Port
from optport.options import make_options
from optport.signatures import ApiKind
from optport.table import api_names

NAMES = sorted(
    name.rpartition(".")[2] for name in api_names(ApiKind.SCHEDULER) if "swa" not in name
)
HEAD = f"""import torch
from torch.optim import SGD
from torch.optim.lr_scheduler import {", ".join(NAMES)}
"""


def ports(text: str, target: str, kind: ApiKind = ApiKind.SCHEDULER) -> list[Port]:
    """The ports of what a text builds; what is made of others comes after them."""
    checked = check_source(HEAD + text, make_options(target)).constructions
    chosen = [one for one in checked if one.construction.kind is kind]
    chosen.sort(key=lambda one: (one.construction.place.end_line, one.construction.place.end_col))
    return [port for one in chosen for port in one.ports.values()]


def port(call: str, target: str, optimizer: str = "SGD(params, lr=0.5)") -> Port:
    """The port of one scheduler over an optimizer."""
    return ports(f"optimizer = {optimizer}\nscheduler = {call}\n", target)[-1]


def rates(text: str, steps: int = 12) -> Any:
    """The rates of a list, as `mindspore.nn` takes it."""
    return eval(text, {"math": math, "total_steps": steps})


def test_a_class_takes_the_optimizers_rate() -> None:
    found = port("StepLR(optimizer, 4, 0.5)", "paddle")
    expected = "paddle.optimizer.lr.StepDecay(learning_rate=0.5, step_size=4, gamma=0.5)"
    assert (found.call, found.fidelity) == (expected, "exact")


def test_the_default_rate_of_the_optimizer_is_written_out() -> None:
    found = port("StepLR(optimizer, 4)", "paddle", "SGD(params)")
    assert found.call == "paddle.optimizer.lr.StepDecay(learning_rate=0.001, step_size=4)"


def test_a_rate_that_is_an_expression_stands_in_parentheses_beside_an_operator() -> None:
    for target in ("mindspore", "mindspore.experimental"):
        found = port(
            "OneCycleLR(optimizer, 2.0, 8, cycle_momentum=False)", target, "SGD(params, lr=a + b)"
        )
        assert found.call is not None and "a + b *" not in found.call, found.call
        assert "/ a + b" not in found.call, found.call
    found = port("LambdaLR(optimizer, fade)", "mindspore", "SGD(params, lr=0.5 if big else 0.1)")
    assert found.call is not None and found.call.startswith("[(0.5 if big else 0.1) * (")


def test_a_rate_in_a_tensor_is_written_as_a_number() -> None:
    found = port("StepLR(optimizer, 4)", "paddle", "SGD(params, lr=torch.tensor(0.5))")
    assert found.call == "paddle.optimizer.lr.StepDecay(learning_rate=0.5, step_size=4)"


def test_an_optimizer_that_is_not_known_is_asked_for_its_rate() -> None:
    (found,) = ports("def f(opt):\n    StepLR(opt, 4)\n", "paddle")
    assert found.call == "paddle.optimizer.lr.StepDecay(learning_rate=opt.get_lr(), step_size=4)"
    assert found.fidelity == "incomplete"


@pytest.mark.parametrize("given", ["-1", "1", "a or b", "a if b else c", "lambda: a"])
def test_an_attribute_is_of_all_that_the_scheduler_is_given(given: str) -> None:
    (found,) = ports(f"StepLR({given}, 4)\n", "paddle")
    assert found.call is not None
    assert f"({given}).get_lr()" in found.call


def test_an_optimizer_is_handed_its_scheduler() -> None:
    text = "optimizer = SGD(params, lr=0.5)\nscheduler = StepLR(optimizer, 4)\n"
    (found,) = ports(text, "paddle", ApiKind.OPTIMIZER)
    assert found.call == "paddle.optimizer.SGD(learning_rate=scheduler, parameters=params)"
    assert found.setup == (
        "scheduler = paddle.optimizer.lr.StepDecay(learning_rate=0.5, step_size=4)",
    )


def test_an_optimizer_keeps_its_rate_where_the_scheduler_takes_it() -> None:
    text = "optimizer = SGD(params, lr=0.5)\nscheduler = StepLR(optimizer, 4)\n"
    (found,) = ports(text, "mindspore.experimental", ApiKind.OPTIMIZER)
    assert found.call is not None
    assert found.call.endswith("lr=0.5)")
    assert found.setup == ()


def test_of_two_schedulers_none_is_handed_over() -> None:
    text = "optimizer = SGD(params, lr=0.5)\nStepLR(optimizer, 4)\nExponentialLR(optimizer, 0.9)\n"
    (found,) = ports(text, "paddle", ApiKind.OPTIMIZER)
    assert found.fidelity == "incomplete"
    assert found.setup == ()


def test_a_value_that_the_class_refuses_is_ported_by_the_closed_form() -> None:
    found = port("StepLR(optimizer, 10, gamma=1.5)", "paddle")
    expected = (
        "paddle.optimizer.lr.LambdaDecay(learning_rate=0.5, lr_lambda=lambda e: 1.5 ** (e // 10))"
    )
    assert (found.call, found.fidelity) == (expected, "exact")


def test_a_list_of_rates_is_the_port_where_there_is_no_class() -> None:
    found = port("MultiStepLR(optimizer, [3, 5, 5], gamma=0.5)", "mindspore")
    assert found.call is not None
    assert rates(found.call, 6) == [0.5, 0.5, 0.5, 0.25, 0.25, 0.0625]


def test_a_sequence_is_written_from_its_parts() -> None:
    warm_up, steps = "LinearLR(optimizer, 0.5, total_iters=2)", "StepLR(optimizer, 2, 0.1)"
    call = f"SequentialLR(optimizer, schedulers=[{warm_up}, {steps}], milestones=[2])"
    found = port(call, "mindspore")
    assert found.call is not None
    assert rates(found.call, 6) == pytest.approx([0.25, 0.375, 0.5, 0.5, 0.05, 0.05])


def test_the_parts_of_a_sequence_may_be_made_before() -> None:
    text = (
        "optimizer = SGD(params, lr=0.5)\nwarm_up = LinearLR(optimizer, 0.5, total_iters=2)\n"
        "steps = StepLR(optimizer, 2, 0.1)\n"
        "both = SequentialLR(optimizer, [warm_up, steps], milestones=[2])\n"
    )
    found = ports(text, "paddle")[-1]
    assert found.call is not None
    assert found.call.startswith("paddle.optimizer.lr.LambdaDecay(learning_rate=0.5, ")
    (handed,) = ports(text, "paddle", ApiKind.OPTIMIZER)
    assert handed.setup == (f"scheduler = {found.call}",)


def test_a_sequence_of_classes_is_one_where_the_target_has_it() -> None:
    parts = "[ConstantLR(optimizer, 0.5), ExponentialLR(optimizer, 0.9)]"
    found = port(f"SequentialLR(optimizer, {parts}, [5])", "mindspore.experimental")
    name = "mindspore.experimental.optim.lr_scheduler"
    expected = (
        f"{name}.SequentialLR(optimizer=optimizer, schedulers=[{name}.ConstantLR(optimizer="
        f"optimizer, factor=0.5), {name}.ExponentialLR(optimizer=optimizer, gamma=0.9)], "
        "milestones=[5])"
    )
    assert (found.call, found.fidelity) == (expected, "exact")


def test_a_chain_is_the_product_of_its_parts() -> None:
    parts = "[ConstantLR(optimizer, 0.5, 2), ExponentialLR(optimizer, 0.1)]"
    found = port(f"ChainedScheduler({parts})", "mindspore")
    assert found.call is not None
    assert rates(found.call, 3) == pytest.approx([0.25, 0.025, 0.005])


def test_a_product_that_torch_does_not_compute_is_not_exact() -> None:
    parts = "[LinearLR(optimizer), CosineAnnealingLR(optimizer, T_max=10)]"
    assert port(f"ChainedScheduler({parts})", "paddle").fidelity == "approximate"


def test_rates_alone_are_not_exact_where_torch_cycles_the_momentum() -> None:
    call = "CyclicLR(optimizer, 0.01, 0.1, step_size_up=4"
    assert port(f"{call})", "paddle").fidelity == "approximate"
    assert port(f"{call}, cycle_momentum=False)", "paddle").fidelity == "exact"
    momentum = "SGD(params, lr=0.5, momentum=0.9)"
    same = f"{call}, base_momentum=0.9, max_momentum=0.9)"
    assert port(same, "paddle", momentum).fidelity == "exact"


def test_a_name_that_the_closed_form_needs_is_not_taken_from_around_it() -> None:
    assert port("StepLR(optimizer, e, gamma=1.5)", "paddle").call is None


def test_a_function_is_called_with_an_int() -> None:
    found = port("LambdaLR(optimizer, lambda k: table[k])", "mindspore.experimental")
    assert found.call is not None
    assert "lr_lambda=lambda e: (lambda k: table[k])(int(e))" in found.call


def test_groups_are_given_their_own_rates_where_they_would_stay_as_they_are() -> None:
    groups = "SGD([{'params': [a], 'lr': 0.2}, {'params': [b]}], lr=0.5)"
    text = f"optimizer = {groups}\nscheduler = ExponentialLR(optimizer, 0.9)\n"
    (found,) = ports(text, "mindspore", ApiKind.OPTIMIZER)
    assert found.call is not None
    assert "'lr': [0.2 * (0.9 ** e) for e in range(total_steps)]" in found.call


def test_groups_lose_their_factor_where_the_schedule_overwrites_their_rates() -> None:
    groups = "SGD([{'params': [a], 'lr': 0.2}, {'params': [b]}], lr=0.5)"
    call = "CyclicLR(optimizer, 0.01, 0.1, step_size_up=4, cycle_momentum=False)"
    text = f"optimizer = {groups}\nscheduler = {call}\n"
    (found,) = ports(text, "paddle", ApiKind.OPTIMIZER)
    assert found.call is not None
    assert "parameters=[{'params': [a]}, {'params': [b]}]" in found.call
    assert found.fidelity == "exact"


def test_a_resumed_schedule_is_not_exact() -> None:
    assert port("StepLR(optimizer, 4, last_epoch=7)", "paddle").fidelity == "approximate"


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("lambda e: e + k", {"k"}),
        ("[x for x in xs if x > y]", {"xs", "y"}),
        ("lambda e=e: e", {"e"}),
        ("f(lambda *a, **k: (a, k))", {"f"}),
        ("not a name (", {"not", "a", "name", "("}),
    ],
)
def test_names_that_an_expression_takes_from_around_it(text: str, free: set[str]) -> None:
    assert free_names(text) == free


@pytest.mark.parametrize(
    ("function", "needs"),
    [
        ("lambda e: table[e]", True),
        ("lambda e: table[min(e, 3)]", True),
        ("lambda e: table[int(e)]", False),
        ("lambda e: {}.get(str(e))", True),
        ("lambda e: f'{e}'", True),
        ("lambda e: 0.9 ** e if e in (1, 2) else max(e, 3)", False),
        ("lambda e: range(e)", True),
        ("lambda: 1", False),
        ("function", False),
    ],
)
def test_functions_that_need_an_int(function: str, needs: bool) -> None:
    assert needs_int(ast.parse(function, mode="eval").body) is needs
