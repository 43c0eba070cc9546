"""The learning rate that a scheduler starts from, as source."""

from __future__ import annotations

from optport.hazards.spelling import as_float_text, plain
from optport.reader.model import Construction
from optport.reader.source import UNWRITABLE
from optport.signatures import ApiKind
from optport.table import roles
from optport.table.model import Role
from optport.table.templates import operand
from optport.targets import Target
from optport.values import UNREAD, Tensor


def base_rate(scheduler: Construction, target: Target) -> str:
    """Return an expression for the rate of the optimizer that a scheduler is built with.

    It asks the target's optimizer where the rate is not the same, or not known, for all that it may
    be built with.
    """
    rules = target.info.schedulers
    texts = {rate_of(one) for one in scheduler.built_with}
    text = texts.pop() if len(texts) == 1 else None
    if text is None and rules is not None:
        return rules.rate.render(lambda _: optimizer_text(scheduler))
    if text is not None and rules is not None and rules.float_rate:
        return as_float_text(text)
    return text or "lr"


def is_known(scheduler: Construction) -> bool:
    """Whether a scheduler's base rate is known."""
    texts = {rate_of(one) for one in scheduler.built_with}
    return len(texts) == 1 and None not in texts


def rate_of(optimizer: Construction) -> str | None:
    """Return an optimizer's learning rate as source, torch's default where it is left out."""
    rate = roles(ApiKind.OPTIMIZER)[Role.RATE]
    argument = optimizer.arguments.get(rate)
    if argument is None:
        known = optimizer.signature.by_name.get(rate)
        return None if known is None or optimizer.hidden is not None else known.default
    if not argument.sure or argument.text == UNWRITABLE:
        return None
    value = plain(argument.value)
    in_tensor = isinstance(argument.value.exact, Tensor) and value is not UNREAD
    return repr(value) if in_tensor else argument.text


def optimizer_text(scheduler: Construction) -> str:
    """Return what a scheduler is built with as source: ``optimizer`` where it is not given."""
    argument = scheduler.arguments.get(roles(ApiKind.SCHEDULER)[Role.OPTIMIZER])
    text = "optimizer" if argument is None else argument.text
    return f"({text})" if text[:1].isdigit() else operand(text)  # an attribute may follow
