"""A scheduler's rates in closed form, over the torch call's own arguments.

Where a target has no class for a schedule, or none that gives torch's rates for these arguments,
its closed form is the port: a function of the number of steps, or a list of rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from optport.hazards.free_names import free_names
from optport.hazards.scene import in_force
from optport.hazards.shapes import value_of
from optport.hazards.spelling import element_texts, plain
from optport.lean import dataclass
from optport.reader.model import Argument, Construction
from optport.reader.source import UNWRITABLE
from optport.signatures import ApiKind
from optport.table import api_table, roles
from optport.table.curves import BASE_RATE, Curve, Join
from optport.table.model import Role
from optport.table.templates import Hole, operand
from optport.values import Certainty, Literal

STEPS = "e"
"""The name that a closed form has for the number of the scheduler's steps."""
MAX_FORM = 4_000
"""Characters of a closed form; schedulers within schedulers may make it long."""
MAX_INNER = 16
"""Schedulers that one may be made of, to be written out."""


_AT_ZERO = (-1, 0)
"""What a scheduler that starts anew is told of the steps before."""


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """An expression over ``e``: a factor on the base rate, or (`absolute`) the rate itself.

    It `differs` where the rates are not all that torch's scheduler sets, and where torch may
    compute them otherwise than as a product.
    """

    text: str
    absolute: bool
    differs: bool = False

    def as_rate(self, base_rate: str) -> str:
        """Return the rate itself."""
        return self.text if self.absolute else f"{operand(base_rate)} * ({self.text})"


def closed_form(scheduler: Construction, base_rate: str) -> ClosedForm | None:
    """Return a scheduler's closed form; None where it has none, or where it can't be told.

    `base_rate` is an expression for the rate of the optimizer that the scheduler is built with.
    """
    curve = _curve(scheduler)
    if curve is None:
        return None
    if curve.joins is None:
        return _own(scheduler, curve, base_rate)
    inner = scheduler.inner
    if not 0 < len(inner) <= MAX_INNER or (len(inner) > 1 and any(map(sets_base, inner))):
        return None
    forms = [_inner(one, base_rate, curve.joins, first=one is inner[0]) for one in inner]
    known = [form for form in forms if form is not None]
    if len(known) < len(forms):
        return None
    if curve.joins is Join.PRODUCT:
        return _product(known)
    return _sequence(scheduler, curve, known, base_rate)


def spelled(scheduler: Construction, hole: Hole) -> str | None:
    """Return a parameter's value in force as source; None where it is not known.

    Where torch takes one thing for all groups, or a list with one for each, it is the one thing.
    """
    argument = scheduler.arguments.get(hole.name)
    if argument is None:
        parameter = scheduler.signature.by_name.get(hole.name)
        text = None if parameter is None else parameter.default
    elif hole.name in _one_for_all(scheduler):
        text = _one(argument)
    else:
        text = argument.text
    if text is None or hole.element is None:
        return text
    return f"{operand(text)}[{hole.element}]"


def _one_for_all(scheduler: Construction) -> tuple[str, ...]:
    """The parameters that torch takes for all groups, or as a list with one for each."""
    table = api_table(scheduler.api)
    rates = () if table is None else table.absolute
    return (*rates, roles(ApiKind.SCHEDULER)[Role.FUNCTION])


def _one(argument: Argument) -> str | None:
    only = value_of(argument).exact
    several = only.value if isinstance(only, Literal) else None
    if not isinstance(several, (list, tuple)):
        return argument.text
    return element_texts(argument.text, 1)[0] if len(several) == 1 else None


def _curve(scheduler: Construction) -> Curve | None:
    """The curve of a call that can be written out: nothing hidden, no name that it takes."""
    table = api_table(scheduler.api)
    arguments = scheduler.arguments.values()
    if table is None or scheduler.hidden is not None:
        return None
    if not all(argument.sure and len(argument.text) <= MAX_FORM for argument in arguments):
        return None
    if any(
        argument.text == UNWRITABLE or STEPS in free_names(argument.text) for argument in arguments
    ):
        return None
    return table.curve


def _own(scheduler: Construction, curve: Curve, base_rate: str) -> ClosedForm | None:
    def spell(hole: Hole) -> str | None:
        return base_rate if hole.name == BASE_RATE else spelled(scheduler, hole)

    lookup = partial(in_force, scheduler)
    whole = curve.whole_when is None or curve.whole_when.holds(lookup) is Certainty.CERTAIN
    start = plain(lookup(roles(ApiKind.SCHEDULER)[Role.START]))
    whole = whole and start in _AT_ZERO
    for name in ("factor", "rate"):
        text = curve.written(name, spell, lookup)
        if text is not None:
            kept = len(text) <= MAX_FORM
            return ClosedForm(text, name == "rate", differs=not whole) if kept else None
    return None


def _inner(scheduler: Construction, base_rate: str, join: Join, first: bool) -> ClosedForm | None:
    """The form of a scheduler that another is made of, if it has one there."""
    form, curve = closed_form(scheduler, base_rate), _curve(scheduler)
    if form is None or curve is None:
        return None
    if join is Join.SEQUENCE and not first and curve.continues:
        return None
    if join is Join.SEQUENCE:
        return replace(form, differs=True) if is_product(scheduler) else form
    if form.absolute:
        return None
    return ClosedForm(form.text, absolute=False, differs=form.differs or not curve.multiplies)


def is_product(scheduler: Construction) -> bool:
    """Return whether a scheduler steps several others together.

    A sequence takes back the first steps of its own parts, not those of the parts of such a one.
    """
    table = api_table(scheduler.api)
    return table is not None and table.curve is not None and table.curve.joins is Join.PRODUCT


def sets_base(scheduler: Construction) -> bool:
    """Return whether a scheduler sets the rate that all others of the optimizer start from."""
    table = api_table(scheduler.api)
    return table is not None and table.overwrites_groups


def _product(forms: Sequence[ClosedForm]) -> ClosedForm:
    text = " * ".join(operand(form.text) for form in forms)
    return ClosedForm(text, absolute=False, differs=any(form.differs for form in forms))


def _sequence(
    scheduler: Construction, curve: Curve, forms: Sequence[ClosedForm], base_rate: str
) -> ClosedForm | None:
    """One form until its milestone, the next one from its own start on, and so on."""
    at = None if curve.at is None else spelled(scheduler, Hole(curve.at))
    if at is None:
        return None
    milestones = element_texts(at, len(forms) - 1) if len(forms) > 1 else []
    absolute = any(form.absolute for form in forms)
    texts = [form.as_rate(base_rate) if absolute else form.text for form in forms]
    shifted = [texts[0]]
    for text, start in zip(texts[1:], milestones, strict=True):
        shifted.append(f"(lambda {STEPS}: {text})({STEPS} - {operand(start)})")
    whole = shifted[-1]
    for text, end in zip(reversed(shifted[:-1]), reversed(milestones), strict=True):
        whole = f"{text} if {STEPS} < {operand(end)} else {whole}"
    if len(whole) > MAX_FORM:
        return None
    return ClosedForm(whole, absolute, differs=any(form.differs for form in forms))
