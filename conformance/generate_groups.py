"""The generated calls with parameter groups.

The first group holds three parameters and has options of its own; the second one holds the others.
What is left out elsewhere and trains differently is written out, so that whatever is found is about
the groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from conformance.values import (
    Arguments,
    Values,
    needed,
    parameters,
    rate,
    signature,
    spelled,
    takes_groups,
)
from optport.table import api_table

#: Optimizers for which what concerns all alike is run: containers, forms of the learning rate.
THOROUGH: Final = ("Adam", "AdamW", "SGD")

_MINE: Final = "params[:3]"
_REST: Final = "{'params': params[3:]}"


def group_calls(optimizer: str) -> list[str]:
    """Every generated call of one torch optimizer that hands over groups, each once."""
    if not takes_groups(optimizer):
        return []
    calls = [*_rates(optimizer), *_decays(optimizer), *_options(optimizer), *_mixed(optimizer)]
    if optimizer in THOROUGH:
        calls += [*_rate_forms(optimizer), *_containers(optimizer)]
    return list(dict.fromkeys(calls))


def _group(options: Mapping[str, str], params: str = _MINE) -> str:
    items = ({"params": params} | dict(options)).items()
    return "{" + ", ".join(f"{key!r}: {text}" for key, text in items) + "}"


def _call(optimizer: str, options: Mapping[str, str], arguments: Mapping[str, str]) -> str:
    return spelled(optimizer, arguments, f"[{_group(options)}, {_REST}]")


def base(optimizer: str) -> Arguments:
    """A learning rate, and torch's default where some target's trains differently."""
    found = {"lr": rate(optimizer)}
    known = signature(optimizer).by_name
    table = api_table(optimizer)
    for row in table.correspondences if table is not None else ():
        for name, parameter in row.parameters.items() if row.when is None else ():
            if parameter.default_differs and name in known and not known[name].required:
                found.setdefault(name, repr(known[name].value))
    return found


def _slower(optimizer: str) -> Arguments:
    return {"lr": repr(float(f"{float(rate(optimizer)) / 10:.3g}"))}


def _rates(optimizer: str) -> Iterator[str]:
    slow, given = _slower(optimizer), base(optimizer)
    without = {name: text for name, text in given.items() if name != "lr"}
    yield _call(optimizer, {}, given)
    yield _call(optimizer, slow, given)
    yield _call(optimizer, slow, without)
    rest = _group({"lr": rate(optimizer)}, "params[3:]")
    yield spelled(optimizer, without, f"[{_group(slow)}, {rest}]")
    yield spelled(optimizer, given, f"[{_REST}, {_group(slow)}]")


def _rate_forms(optimizer: str) -> Iterator[str]:
    given, slow = base(optimizer), _slower(optimizer)
    for text in ("0.0", "0", "1", f"torch.tensor({slow['lr']})"):
        yield _call(optimizer, {"lr": text}, given)
    for text in ("1", f"torch.tensor({given['lr']})"):
        yield _call(optimizer, slow, given | {"lr": text})


def _decays(optimizer: str) -> Iterator[str]:
    if "weight_decay" not in signature(optimizer).by_name:
        return
    given = base(optimizer)
    for text in ("0.1", "1"):
        yield _call(optimizer, {"weight_decay": text}, given | {"weight_decay": "0.0"})
    for text in ("0.0", "0"):
        yield _call(optimizer, {"weight_decay": text}, given | {"weight_decay": "0.1"})


def _typical(optimizer: str) -> dict[str, tuple[str, Values]]:
    return {
        name: (values.typical, values)
        for name, values in parameters(optimizer).items()
        if values.typical is not None
    }


def _options(optimizer: str) -> Iterator[str]:
    for name, (typical, values) in _typical(optimizer).items():
        if name == "weight_decay":
            continue
        given = base(optimizer) | needed(optimizer, values)
        for text in (typical, *values.grouped):
            yield _call(optimizer, {name: text}, given)
        yield _call(optimizer, {name: typical}, given | {name: typical})
        if values.other is not None:
            yield _call(optimizer, {name: values.other}, given | {name: typical})
        if name == "momentum":
            # Paddle has another class where there is none.
            yield _call(optimizer, {name: typical}, given | {name: "0.5"})
    yield _call(optimizer, {"foreach": "False"}, base(optimizer))
    yield _call(optimizer, {"name": "'head'"}, base(optimizer))


def _mixed(optimizer: str) -> Iterator[str]:
    """A group's rate and decay beside each argument of the optimizer, and much at once."""
    given, slow = base(optimizer), _slower(optimizer)
    known = _typical(optimizer)
    decay = {"weight_decay": "0.1"} if "weight_decay" in known else {}
    for name, (typical, values) in known.items():
        if name != "nesterov":
            context = given | needed(optimizer, values) | {name: typical}
            yield _call(optimizer, slow | decay, context)
    everything = {name: typical for name, (typical, _) in known.items() if name != "dampening"}
    if everything:
        yield _call(optimizer, slow | everything, given)
        yield _call(optimizer, slow, given | everything)


def _containers(optimizer: str) -> Iterator[str]:
    given, slow = base(optimizer), _slower(optimizer)
    taken = "filter(lambda one: one is not None, params[:3])"
    view = "dict(enumerate(params[:3])).values()"
    for params in ("tuple(params[:3])", "(one for one in params[:3])", taken, view):
        yield spelled(optimizer, given, f"[{_group(slow, params)}, {_REST}]")
    rest = "(one for one in params[3:])"
    yield spelled(optimizer, given, f"[{_group(slow)}, {{'params': {rest}}}]")
    loop = "for one in model.parameters()"
    yield spelled(optimizer, given, f"[{{'params': one, 'weight_decay': 0.1}} {loop}]")
    yield spelled(optimizer, given, "[{'params': model.named_parameters()}]")
    yield spelled(optimizer, given, "model.named_parameters()")
