"""The texts of ports with holes."""

from __future__ import annotations

import pytest

from optport.table.templates import Hole, parse_template

SPELLED = {Hole("lr"): "0.1", Hole("betas", 1): "0.999"}


@pytest.mark.parametrize(
    "text, written",
    [
        ("LambdaDecay", "LambdaDecay"),
        ("{lr} ** 2", "0.1 ** 2"),
        ("f({lr}, {lr})", "f(0.1, 0.1)"),
        ("{lr} * (1 - {betas[1]})", "0.1 * (1 - 0.999)"),
        ("{{'lr': {lr}}}", "{'lr': 0.1}"),
        ("", ""),
    ],
)
def test_every_hole_is_filled(text: str, written: str) -> None:
    template = parse_template(text)
    assert template.render(lambda hole: SPELLED[hole]) == written
    assert template.names <= {"lr", "betas"}


@pytest.mark.parametrize("text", ["{", "}", "{}", "{0}", "{lr.x}", "{lr!r}", "{lr:>3}", "{b[x]}"])
def test_what_is_no_hole_is_shown(text: str) -> None:
    with pytest.raises(ValueError, match="template ") as caught:
        parse_template(text)
    assert repr(text) in str(caught.value)
