"""The generated calls with parameter groups.

The first group holds the copies ``base``, ``small`` and ``dead`` and has options of its own; the
second one holds ``other``. What is left out elsewhere and trains differently is written out, so
that whatever is found is about the groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from conformance.values import CONTEXTS, RATES, TYPICAL, Arguments, of, parameters, signature
from optport.table import api_table

#: Optimizers that take no groups in torch.
UNGROUPED: Final = frozenset({"LBFGS"})

#: Optimizers for which what concerns all alike is run: containers, forms of the learning rate.
THOROUGH: Final = ("Adam", "AdamW", "SGD")

#: Parameter -> values to give a group beside the typical one.
_MORE: Final[Mapping[str, tuple[str, ...]]] = {
    "amsgrad": ("1",),
    "betas": ("[0.8, 0.99]", "(0, 0.99)"),
    "eps": ("1e-06", "0.1", "0"),
    "Adafactor.eps": ("(None, 0.001)",),
    "centered": ("1",),
    "maximize": ("1",),
    "momentum": ("1",),
    "nesterov": ("1",),
    "rho": ("0",),
    "etas": ("[0.3, 1.5]",),
}

#: Parameter -> another value than the typical one, for the optimizer itself.
_OTHER: Final[Mapping[str, str]] = {
    "amsgrad": "False",
    "ASGD.alpha": "0.75",
    "beta2_decay": "-0.8",
    "centered": "False",
    "decoupled_weight_decay": "False",
    "lambd": "0.0001",
    "lr_decay": "0",
    "maximize": "False",
    "momentum": "0.0",
    "nesterov": "False",
    "step_sizes": "(1e-06, 50)",
    "t0": "1000000.0",
}

_MINE: Final = "params[:3]"
_REST: Final = "{'params': params[3:]}"


def group_calls(optimizer: str) -> list[str]:
    """Every generated call of one torch optimizer that hands over groups, each once."""
    if optimizer in UNGROUPED:
        return []
    calls = [*_rates(optimizer), *_decays(optimizer), *_options(optimizer), *_mixed(optimizer)]
    if optimizer in THOROUGH:
        calls += [*_rate_forms(optimizer), *_containers(optimizer)]
    return list(dict.fromkeys(calls))


def _spelled(optimizer: str, groups: str, arguments: Mapping[str, str]) -> str:
    words = "".join(f", {name}={text}" for name, text in arguments.items())
    return f"{optimizer}({groups}{words})"


def _group(options: Mapping[str, str], params: str = _MINE) -> str:
    items = ({"params": params} | dict(options)).items()
    return "{" + ", ".join(f"{key!r}: {text}" for key, text in items) + "}"


def _call(optimizer: str, options: Mapping[str, str], arguments: Mapping[str, str]) -> str:
    return _spelled(optimizer, f"[{_group(options)}, {_REST}]", arguments)


def base(optimizer: str) -> Arguments:
    """A learning rate, and torch's default where some target's trains differently."""
    found = {"lr": RATES[optimizer]}
    known = signature(optimizer).by_name
    table = api_table(optimizer)
    for row in table.correspondences if table is not None else ():
        for name, parameter in row.parameters.items() if row.when is None else ():
            if parameter.default_differs and name in known and not known[name].required:
                found.setdefault(name, repr(known[name].value))
    return found


def _slower(optimizer: str) -> str:
    return repr(float(f"{float(RATES[optimizer]) / 10:.3g}"))


def _rates(optimizer: str) -> Iterator[str]:
    slow, given = {"lr": _slower(optimizer)}, base(optimizer)
    without = {name: text for name, text in given.items() if name != "lr"}
    yield _call(optimizer, {}, given)
    yield _call(optimizer, slow, given)
    yield _call(optimizer, slow, without)
    rest = _group({"lr": RATES[optimizer]}, "params[3:]")
    yield _spelled(optimizer, f"[{_group(slow)}, {rest}]", without)
    yield _spelled(optimizer, f"[{_REST}, {_group(slow)}]", given)


def _rate_forms(optimizer: str) -> Iterator[str]:
    given, slow = base(optimizer), _slower(optimizer)
    for text in ("0.0", "0", "1", f"torch.tensor({slow})"):
        yield _call(optimizer, {"lr": text}, given)
    for text in ("1", f"torch.tensor({given['lr']})"):
        yield _call(optimizer, {"lr": slow}, given | {"lr": text})


def _decays(optimizer: str) -> Iterator[str]:
    if "weight_decay" not in signature(optimizer).by_name:
        return
    given = base(optimizer)
    for text in ("0.1", "1"):
        yield _call(optimizer, {"weight_decay": text}, given | {"weight_decay": "0.0"})
    for text in ("0.0", "0"):
        yield _call(optimizer, {"weight_decay": text}, given | {"weight_decay": "0.1"})


def _options(optimizer: str) -> Iterator[str]:
    for name in parameters(optimizer):
        typical = of(optimizer, name, TYPICAL)
        if typical is None or name == "weight_decay":
            continue
        given = base(optimizer) | _context(optimizer, name)
        other = of(optimizer, name, _OTHER)
        for text in (typical, *(of(optimizer, name, _MORE) or ())):
            yield _call(optimizer, {name: text}, given)
        if name == "nesterov":
            given = given | {"momentum": "0.9"}
        yield _call(optimizer, {name: typical}, given | {name: typical})
        if other is not None:
            yield _call(optimizer, {name: other}, given | {name: typical})
        if name == "momentum":
            # Paddle has another class where there is none.
            yield _call(optimizer, {name: typical}, given | {name: "0.5"})
    yield _call(optimizer, {"foreach": "False"}, base(optimizer))
    yield _call(optimizer, {"name": "'head'"}, base(optimizer))


def _context(optimizer: str, name: str) -> Arguments:
    given, _, value = (of(optimizer, name, CONTEXTS) or "").partition("=")
    if given not in signature(optimizer).by_name:
        return {}
    return {given: value} | ({"lr": "0.5"} if name == "amsgrad" else {})


def _mixed(optimizer: str) -> Iterator[str]:
    """A group's rate and decay beside each argument of the optimizer, and much at once."""
    given, slow = base(optimizer), {"lr": _slower(optimizer)}
    decay = {"weight_decay": "0.1"} if "weight_decay" in parameters(optimizer) else {}
    for name in parameters(optimizer):
        typical = of(optimizer, name, TYPICAL)
        if typical is not None and name != "nesterov":
            yield _call(
                optimizer, slow | decay, given | _context(optimizer, name) | {name: typical}
            )
    everything = {
        name: text
        for name in parameters(optimizer)
        if (text := of(optimizer, name, TYPICAL)) is not None and name != "dampening"
    }
    if everything:
        yield _call(optimizer, slow | everything, given)
        yield _call(optimizer, slow, given | everything)


def _containers(optimizer: str) -> Iterator[str]:
    given, slow = base(optimizer), {"lr": _slower(optimizer)}
    taken = "filter(lambda one: one is not None, params[:3])"
    for params in ("tuple(params[:3])", "(one for one in params[:3])", taken):
        yield _spelled(optimizer, f"[{_group(slow, params)}, {_REST}]", given)
    rest = "(one for one in params[3:])"
    yield _spelled(optimizer, f"[{_group(slow)}, {{'params': {rest}}}]", given)
    loop = "for one in model.parameters()"
    yield _spelled(optimizer, f"[{{'params': one, 'weight_decay': 0.1}} {loop}]", given)
    yield _spelled(optimizer, "[{'params': model.named_parameters()}]", given)
    yield _spelled(optimizer, "model.named_parameters()", given)
