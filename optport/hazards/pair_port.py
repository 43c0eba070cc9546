"""Ports of optimizers together with the schedulers that set their rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from optport.hazards.case import Case
from optport.hazards.closed_form import closed_form
from optport.hazards.hazard import Fidelity, Hazard, Port, Written
from optport.hazards.port import Groups, write_port
from optport.hazards.schedule_port import schedule_port, worst, written
from optport.reader.model import Construction
from optport.signatures import ApiKind
from optport.table import api_table, roles
from optport.table.model import GroupRate, Role, SchedulerRules, Takes


def optimizer_port(case: Case, hazards: Sequence[Hazard]) -> Port:
    """Return the port of an optimizer, handed its scheduler where the target takes it so.

    The scheduler is made beforehand, under the name that the contract gives it.
    """
    rules, over = case.target.info.schedulers, case.scene.over(case.construction)
    if rules is None or rules.takes is Takes.OPTIMIZER or not over:
        return write_port(case, hazards)
    if len(over) > 1:  # one after the other, or one of them: only who runs it can tell
        return _at_best(write_port(case, hazards), Fidelity.INCOMPLETE)
    schedule = schedule_port(over[0], case.target, case.scene)
    if schedule.call is None:
        return _at_best(write_port(case, hazards), Fidelity.APPROXIMATE)
    texts = {roles(ApiKind.OPTIMIZER)[Role.RATE]: "scheduler"}
    port = write_port(case, hazards, texts, _regrouping(over[0], rules))
    if port.call is None:
        return port
    setup = (*schedule.setup, f"scheduler = {schedule.call}", *port.setup)
    return replace(_at_best(port, schedule.fidelity), setup=setup)


def _at_best(port: Port, fidelity: Fidelity) -> Port:
    return replace(port, fidelity=worst([port.fidelity, fidelity]))


def _regrouping(
    scheduler: Construction, rules: SchedulerRules
) -> Callable[[Groups], Groups] | None:
    """How the rates of groups are written, for the schedule to treat them as torch does."""
    rate, table = roles(ApiKind.OPTIMIZER)[Role.RATE], api_table(scheduler.api)
    if table is not None and table.overwrites_groups:
        return lambda groups: tuple(
            tuple(entry for entry in group if entry.source != rate) for group in groups
        )
    if rules.groups is not GroupRate.CONSTANT:
        return None

    def scheduled(entry: Written) -> Written:
        form = closed_form(scheduler, entry.text) if entry.source == rate else None
        if form is None:
            return entry
        return replace(entry, text=written(form, rules, entry.text, scheduler))

    return lambda groups: tuple(tuple(map(scheduled, group)) for group in groups)
