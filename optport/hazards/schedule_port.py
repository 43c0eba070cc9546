"""Ports of schedulers: the counterpart's class where it follows torch, else the closed form."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

from optport.catalogue import HazardKind
from optport.hazards.case import Case, find_case
from optport.hazards.closed_form import ClosedForm, closed_form, is_product, sets_base
from optport.hazards.fidelity import fidelity
from optport.hazards.hazard import NO_PORT, Fidelity, Hazard, Port
from optport.hazards.port import write_port
from optport.hazards.rates import base_rate, is_known, optimizer_text
from optport.hazards.rules import own_hazards
from optport.hazards.scene import Scene
from optport.hazards.schedules import Trouble, has_own_rates, over_groups, troubles, within
from optport.hazards.shapes import value_of
from optport.hazards.spelling import element_texts
from optport.reader.model import Argument, Construction
from optport.signatures import ApiKind
from optport.table import api_table, roles
from optport.table.model import Fate, Role, SchedulerRules, Takes
from optport.table.templates import Hole, Template, operand
from optport.targets import Target
from optport.values import Certainty, Literal

_ORDER = (
    Fidelity.EXACT,
    Fidelity.CLOSE,
    Fidelity.INCOMPLETE,
    Fidelity.APPROXIMATE,
    Fidelity.NONE,
)


def schedule_port(scheduler: Construction, target: Target, scene: Scene) -> Port:
    """Return the best port of a scheduler that is known."""
    rules = target.info.schedulers
    if rules is None:
        return NO_PORT
    left = list(troubles(scheduler, target, scene))
    left += [one for part in within(scheduler) for one in over_groups(part, target)]
    case = find_case(scheduler, target, scene=scene)
    port = NO_PORT if case is None else _class_port(case, rules, left)
    if case is not None and port.fidelity in (Fidelity.EXACT, Fidelity.CLOSE):
        return port
    curve = _curve_port(scheduler, target, rules, left, scene)
    if case is not None and curve.call is None and _raises(own_hazards(case)):
        return NO_PORT
    return min(port, curve, key=lambda one: _ORDER.index(one.fidelity))


def _raises(hazards: Iterable[Hazard]) -> bool:
    """Whether the class surely takes none of these arguments, in no form that can be said."""
    return any(
        one.kind is HazardKind.REJECTED and not one.cured and one.certainty is Certainty.CERTAIN
        for one in hazards
    )


def worst(fidelities: Iterable[Fidelity]) -> Fidelity:
    """Return the worst of some fidelities, the best there is for none."""
    return max(fidelities, key=_ORDER.index, default=Fidelity.EXACT)


def _class_port(case: Case, rules: SchedulerRules, left: Sequence[Trouble]) -> Port:
    """The counterpart's class, with what it takes in place of torch's optimizer and schedulers."""
    parts, scheduler = roles(ApiKind.SCHEDULER), case.construction
    texts: dict[str, str] = {}
    row = case.rows.get(parts[Role.OPTIMIZER])
    if row is not None and row.fate is Fate.BASE_RATE:
        texts[row.name] = base_rate(scheduler, case.target)
    inner: list[Port] = []
    if parts[Role.INNER] in case.rows:
        inner = [schedule_port(one, case.target, case.scene) for one in scheduler.inner]
        if not inner or any(one.call is None for one in inner):
            return NO_PORT
        texts[parts[Role.INNER]] = f"[{', '.join(one.call or '' for one in inner)}]"
    function = case.given(parts[Role.FUNCTION])
    if function is not None and rules.by_int is not None:
        texts[function.name] = _by_int(function, rules.by_int)
    hazards = own_hazards(case)
    port = write_port(case, hazards, texts)
    if port.call is None:
        return port
    found = [_of_hazards(case, hazards, left), _of_troubles(left), _of_rate(scheduler, rules)]
    if len(inner) > 1 and any(
        (sets_base(o) or is_product(o)) and not find_case(o, case.target) for o in scheduler.inner
    ):
        found.append(Fidelity.APPROXIMATE)  # its closed form leaves alone what torch's does not
    setup = dict.fromkeys(line for one in inner for line in one.setup)
    return replace(
        port,
        fidelity=worst([*found, *(one.fidelity for one in inner)]),
        setup=(*setup, *port.setup),
    )


def _by_int(function: Argument, by_int: Template) -> str:
    """A function, or each of a list, that is called with an int."""
    only = value_of(function).exact
    is_list = isinstance(only, Literal) and isinstance(only.value, (list, tuple))
    if is_list and not isinstance(function.node, (ast.List, ast.Tuple)):
        inner = _filled(by_int, "function")
        return f"[(lambda function: {inner})(one) for one in {function.text}]"
    if not isinstance(function.node, (ast.List, ast.Tuple)):
        return _filled(by_int, function.text)
    each = element_texts(function.text, len(function.node.elts))
    return f"[{', '.join(_filled(by_int, one) for one in each)}]"


def _filled(template: Template, text: str) -> str:
    return template.render(lambda _: text)


def _of_hazards(case: Case, hazards: Iterable[Hazard], left: Iterable[Trouble]) -> Fidelity:
    """The fidelity that a class has for the arguments; a schedule's troubles count apart."""
    apart = {one.clause for one in left}
    own = [one for one in hazards if one.clause not in apart]
    found = fidelity(case, own)
    if found is Fidelity.APPROXIMATE and case.row.inexact is not None and _all_cured(own):
        return Fidelity.CLOSE
    return found


def _all_cured(hazards: Iterable[Hazard]) -> bool:
    return all(one.cured for one in hazards)


def _of_troubles(left: Iterable[Trouble]) -> Fidelity:
    sure = {one.certainty for one in left if not one.cured}
    if Certainty.CERTAIN in sure:
        return Fidelity.APPROXIMATE
    return Fidelity.INCOMPLETE if sure else Fidelity.EXACT


def _of_rate(scheduler: Construction, rules: SchedulerRules) -> Fidelity:
    """A scheduler that takes the rate is right only with the optimizer's."""
    needed = rules.takes is Takes.SCHEDULER and not is_known(scheduler)
    return Fidelity.INCOMPLETE if needed else Fidelity.EXACT


def _curve_port(
    scheduler: Construction,
    target: Target,
    rules: SchedulerRules,
    left: Sequence[Trouble],
    scene: Scene,
) -> Port:
    """The schedule's closed form."""
    rate = base_rate(scheduler, target)
    form = None if _goes_on(scheduler, scene) else closed_form(scheduler, rate)
    if form is None:
        return NO_PORT
    text = written(form, rules, rate, scheduler)
    own = (
        Fidelity.APPROXIMATE
        if form.differs or _over_groups(form, rules, scheduler)
        else Fidelity.EXACT
    )
    setup = ("import math",) if "math." in text else ()
    return Port(text, worst([own, _of_troubles(left), _of_rate(scheduler, rules)]), setup)


def _goes_on(scheduler: Construction, scene: Scene) -> bool:
    """Whether a schedule starts from the rate that the one before leaves."""
    table = api_table(scheduler.api)
    continues = table is not None and table.curve is not None and table.curve.continues
    return continues and scene.starts_later(scheduler)


def _over_groups(form: ClosedForm, rules: SchedulerRules, scheduler: Construction) -> bool:
    """Whether a rate is written as a factor, which groups with other rates make more of."""
    factor = form.absolute and rules.takes is Takes.OPTIMIZER
    return factor and any(map(has_own_rates, scheduler.built_with))


def written(form: ClosedForm, rules: SchedulerRules, rate: str, scheduler: Construction) -> str:
    """Return a closed form as the target takes it, for a base rate."""
    known = {"lr": operand(rate), "factor": form.text, "rate": form.text}
    template = rules.by_rate if form.absolute else rules.by_factor

    def spell(hole: Hole) -> str:
        return known[hole.name] if hole.name in known else optimizer_text(scheduler)

    return template.render(spell)
