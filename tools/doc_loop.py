"""The page on the training loop: one script in torch, what is found in it, and its two ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from doc_evidence import table

from optport.check import check_source
from optport.options import make_options

LOOP = Path(__file__).parent.parent / "examples" / "loop"
SCRIPTS = {"paddle": "train_paddle.py", "mindspore": "train_mindspore.py"}

_INTRODUCTION = """\
# The training loop

A port needs more than the optimizer's call: the loop around it, the schedule, rates that are
written by hand, checkpoints. This page shows a script with all of them
([train_torch.py](../examples/loop/train_torch.py)), what optport says of it, and the two ports that
follow. `python -m conformance examples` runs all three; they end with the same weights.

## What the loop becomes
"""
_HEADS = ["", "torch", "Paddle", "MindSpore"]
_STEPS = "`scheduler.step()`"
_LOOP = [
    [
        "gradients",
        "`loss.backward()` fills `p.grad`",
        "the same",
        "`value_and_grad(forward, None, optimizer.parameters)` returns them",
    ],
    ["a step", "`optimizer.step()`", "the same", "`optimizer(grads)`"],
    [
        "clearing",
        "`optimizer.zero_grad()`",
        "the same since 3.3.0, before `clear_grad(set_to_zero=False)`",
        "nothing to clear",
    ],
    [
        "adding up over batches",
        "several `backward()`, one `step()`",
        "the same",
        "add the gradients, then one `optimizer(sums)`",
    ],
    [
        "a closure",
        "`optimizer.step(closure)`",
        "its body, then `optimizer.step()`",
        "its value and gradients, then `optimizer(grads)`",
    ],
    [
        "clipping",
        "`clip_grad_norm_` before the step",
        "the same, in `paddle.nn.utils`",
        "`ops.clip_by_global_norm(grads, x)`",
    ],
    [
        "a schedule",
        f"made from the optimizer, {_STEPS}",
        f"made first, given as `learning_rate`, {_STEPS}",
        "`mindspore.nn`: given as `learning_rate`, goes on with every step of the optimizer; "
        "`mindspore.experimental.optim`: as in torch",
    ],
    [
        "the rate, read",
        '`optimizer.param_groups[0]["lr"]`',
        "`optimizer.get_lr()`",
        "`float(optimizer.learning_rate)`",
    ],
    [
        "the rate, set",
        "the same, assigned",
        "`optimizer.set_lr(x)`, without a scheduler",
        "`ops.assign(optimizer.learning_rate, Tensor(x, float32))`",
    ],
    [
        "a checkpoint",
        "`state_dict()`, `load_state_dict()`",
        "`state_dict()`, `set_state_dict()`: no rates, and by the parameters' names",
        "`save_checkpoint(optimizer, path)`, `load_param_into_net`",
    ],
]
_SCRIPT = """\
On MindSpore the loop changes as a whole, so there is one finding for it, at the optimizer's first
`step()`: whoever follows it has no use for `zero_grad()` and `backward()`. What every method and
attribute becomes, by version, stands on [a page of its own](mapping/methods.md), and what every
scheduler becomes on [theirs](mapping/README.md#learning-rate-schedulers).

## The script
"""
_PORTS = """\
## The ports

The comments name the findings that a line follows.
"""
_NAMES = {"paddle": "Paddle", "mindspore": "MindSpore"}


def loop_pages() -> Mapping[str, str]:
    """Return the text of the page, by path below docs/."""
    loop = [_INTRODUCTION, table(_HEADS, _LOOP), _SCRIPT]
    parts = [*loop, _code("train_torch.py"), "## What is found\n"]
    for target, name in _NAMES.items():
        parts.append(f"For {name}, `optport check --targets {target}`:\n")
        parts.append("```text\n" + "\n".join(_found(target)) + "\n```\n")
    parts.append(_PORTS)
    for target, name in _NAMES.items():
        parts.append(f"### {name}\n\n" + _code(SCRIPTS[target]))
    return {"training-loop.md": "\n".join(parts)}


def _code(name: str) -> str:
    return f"```python\n{(LOOP / name).read_text(encoding='utf-8')}```\n"


def _found(target: str) -> Iterator[str]:
    """The findings of torch's script for a target, one line each."""
    text = (LOOP / "train_torch.py").read_text(encoding="utf-8")
    for one in check_source(text, make_options(target)).findings:
        yield f"train_torch.py:{one.place.line}:{one.place.col + 1}: {one.code} {one.message}"
