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
    needed,
    rate,
    signature,
    spelled,
    takes_groups,
    typical,
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
    groups = _Groups(optimizer)
    calls = [*groups.rates(), *groups.decays(), *groups.options(), *groups.mixed()]
    if optimizer in THOROUGH:
        calls += [*groups.rate_forms(), *groups.containers()]
    return list(dict.fromkeys(calls))


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


def _group(options: Mapping[str, str], params: str = _MINE) -> str:
    items = ({"params": params} | dict(options)).items()
    return "{" + ", ".join(f"{key!r}: {text}" for key, text in items) + "}"


class _Groups:
    """The calls of one optimizer: what it is given usually, and a slower rate for a group."""

    def __init__(self, optimizer: str) -> None:
        self._optimizer = optimizer
        self._given = base(optimizer)
        self._slow = {"lr": repr(float(f"{float(rate(optimizer)) / 10:.3g}"))}
        self._typical = typical(optimizer)

    def _spelled(self, arguments: Mapping[str, str], groups: str) -> str:
        return spelled(self._optimizer, arguments, groups)

    def _call(self, options: Mapping[str, str], arguments: Mapping[str, str]) -> str:
        return self._spelled(arguments, f"[{_group(options)}, {_REST}]")

    def rates(self) -> Iterator[str]:
        slow, given = self._slow, self._given
        without = {name: text for name, text in given.items() if name != "lr"}
        yield self._call({}, given)
        yield self._call(slow, given)
        yield self._call(slow, without)
        rest = _group({"lr": given["lr"]}, "params[3:]")
        yield self._spelled(without, f"[{_group(slow)}, {rest}]")
        yield self._spelled(given, f"[{_REST}, {_group(slow)}]")

    def rate_forms(self) -> Iterator[str]:
        slow, given = self._slow, self._given
        for text in ("0.0", "0", "1", f"torch.tensor({slow['lr']})"):
            yield self._call({"lr": text}, given)
        for text in ("1", f"torch.tensor({given['lr']})"):
            yield self._call(slow, given | {"lr": text})

    def decays(self) -> Iterator[str]:
        if "weight_decay" in signature(self._optimizer).by_name:
            for mine, others in (("0.1", "0.0"), ("1", "0.0"), ("0.0", "0.1"), ("0", "0.1")):
                yield self._call({"weight_decay": mine}, self._given | {"weight_decay": others})

    def options(self) -> Iterator[str]:
        for name, values in self._typical.items():
            if name == "weight_decay":
                continue
            given = self._given | needed(self._optimizer, values)
            for text in (values.typical, *values.grouped):
                yield self._call({name: text}, given)
            yield self._call({name: values.typical}, given | {name: values.typical})
            if values.other is not None:
                yield self._call({name: values.other}, given | {name: values.typical})
            if name == "momentum":
                # Paddle has another class where there is none.
                yield self._call({name: values.typical}, given | {name: "0.5"})
        yield self._call({"foreach": "False"}, self._given)
        yield self._call({"name": "'head'"}, self._given)

    def mixed(self) -> Iterator[str]:
        """A group's rate and decay beside each argument of the optimizer, and much at once."""
        slow, given = self._slow, self._given
        decay = {"weight_decay": "0.1"} if "weight_decay" in self._typical else {}
        for name, values in self._typical.items():
            if name != "nesterov":
                context = given | needed(self._optimizer, values) | {name: values.typical}
                yield self._call(slow | decay, context)
        everything = {name: one.typical for name, one in self._typical.items()}
        everything.pop("dampening", None)
        if everything:
            yield self._call(slow | everything, given)
            yield self._call(slow, given | everything)

    def containers(self) -> Iterator[str]:
        given = self._given
        taken = "filter(lambda one: one is not None, params[:3])"
        view = "dict(enumerate(params[:3])).values()"
        for params in ("tuple(params[:3])", "(one for one in params[:3])", taken, view):
            yield self._spelled(given, f"[{_group(self._slow, params)}, {_REST}]")
        rest = "(one for one in params[3:])"
        yield self._spelled(given, f"[{_group(self._slow)}, {{'params': {rest}}}]")
        loop = "for one in model.parameters()"
        yield self._spelled(given, f"[{{'params': one, 'weight_decay': 0.1}} {loop}]")
        yield self._spelled(given, "[{'params': model.named_parameters()}]")
        yield self._spelled(given, "model.named_parameters()")
