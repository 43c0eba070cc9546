"""What torch itself makes of a call, at the version that the source is written for."""

from __future__ import annotations

import pytest

from optport.check import check_source
from optport.hazards.hazard import Fidelity, Port
from optport.options import make_options
from optport.rewrite.source import port_source
from optport.targets import parse_target


def port(call: str, torch: str, target: str = "paddle") -> Port:
    """The port of one call of code written for a version of torch."""
    report = check_source(f"import torch\ntorch.optim.{call}\n", make_options(target, torch))
    return report.constructions[0].ports[parse_target(target).name]


@pytest.mark.parametrize(
    "call, torch, ported",
    [
        ("SGD(p)", "2.1", False),
        ("SGD(p)", "2.2", True),
        ("SGD(p, **more)", "2.1", True),
        ("Adam(p, decoupled_weight_decay=True)", "2.4", False),
        ("Adam(p, decoupled_weight_decay=True)", "2.7", True),
        ("Adam(p, frobnicate=1)", "2.13", False),
        ("Adafactor(p)", "2.4", False),
    ],
)
def test_what_torch_raises_on_has_no_port(call: str, torch: str, ported: bool) -> None:
    target = "mindspore" if call.startswith("Adafactor") else "paddle"
    assert (port(call, torch, target).call is not None) is ported


def test_what_stays_torchs_says_why() -> None:
    options = make_options("paddle", "2.1")
    text = "import torch\ntorch.optim.SGD(p)\n"
    assert "# optport: OPT903 torch 2.1.0 requires lr" in (
        port_source(text, parse_target("paddle"), options).text
    )


@pytest.mark.parametrize("torch, fidelity", [("1.13", Fidelity.CLOSE), ("2.0", Fidelity.EXACT)])
def test_an_older_nadam_trained_otherwise(torch: str, fidelity: Fidelity) -> None:
    found = port("NAdam(p, lr=0.01)", torch)
    assert found.closeness is fidelity
    assert port("NAdam(p, lr=0.01, weight_decay=0.1)", "1.13").closeness is Fidelity.APPROXIMATE


@pytest.mark.parametrize(
    "betas, written",
    [
        ("(torch.tensor(0.9), torch.tensor(0.99))", "beta1=0.9, beta2=0.99"),
        ("(b, torch.tensor(0.99))", "beta1=b, beta2=0.99"),
        ("(torch.tensor(b), 0.99)", "beta1=float(b), beta2=0.99"),
    ],
)
@pytest.mark.parametrize("optimizer", ["Adam", "NAdam"])
def test_ports_hold_the_numbers_of_tensors(optimizer: str, betas: str, written: str) -> None:
    assert written in str(port(f"{optimizer}(p, lr=0.01, betas={betas})", "2.13").call)


def test_a_call_that_surely_raises_is_no_port() -> None:
    assert port("Adafactor(p, lr=0.01, beta2_decay=-1.0)", "2.13", "mindspore").call is None
    groups = "[{'params': a, 'lr': 0.1}, {'params': b}]"
    assert port(f"Adafactor({groups}, lr=0.01)", "2.13", "mindspore").call is None
