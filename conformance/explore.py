"""Random conformance: what the linter says about random calls against what running them shows.

Many calls are drawn, and the literal port and the port of each are run on every target of a
framework; so are the calls that following the linter's edits makes of them. Three disagreements:

- missed alarm: the literal port leaves torch's weights, raises or can't be built, and nothing is
  reported;
- wrong port: the port raises, or leaves torch's weights further than what it is called allows;
- false alarm: the literal port trains the same, and a hazard is reported.

The first two are defects of the table or of a rule, and are shrunk and printed. Calls that torch
rejects are left out.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from conformance.evidence import run_calls
from conformance.judgement import KINDS, described
from conformance.judgement import disagreements as kinds_of
from conformance.records import Record, findings, torch_call
from conformance.runner import Setting
from conformance.values import Groups, draw_calls
from optport.edits import apply_edits
from optport.targets import Target

#: Rounds of shrinking; every round runs all candidates of all disagreements at once.
ROUNDS: Final = 8

#: Edits that follow from edits: more rounds than this would not end.
_MOST_EDITS: Final = 10

_HEAD: Final = "import torch\n"


@dataclass(frozen=True)
class Disagreement:
    """A call on which linter and run disagree."""

    kind: str
    target: Target
    record: Record

    @property
    def cause(self) -> tuple[str, str, str]:
        """What makes two disagreements one: kind, target and the arguments given."""
        return self.kind, self.target.name, shape(self.record.torch)

    def __str__(self) -> str:
        return f"{self.target.name}: {described(self.record, self.kind)}"


def disagreements(target: Target, records: Iterable[Record]) -> list[Disagreement]:
    """The disagreements among the records of a target."""
    return [Disagreement(kind, target, record) for record in records for kind in kinds_of(record)]


def advised(call: str, target: Target) -> str:
    """The call that following the linter's edits for a target leads to."""
    text = f"{_HEAD}{torch_call(call)}\n"
    for _ in range(_MOST_EDITS):
        found = [one.fix for one in findings(call, target) if one.fix is not None]
        if not found:
            return call
        text = apply_edits(f"{_HEAD}{torch_call(call)}\n", found[0].edits)
        call = text.removeprefix(f"{_HEAD}torch.optim.").strip().replace("(params, ", "(", 1)
        call = call.replace("(params)", "()", 1)
    raise AssertionError(f"following the edits does not end: {text}")


def shrunk(
    found: Sequence[Disagreement],
    run: Callable[[Sequence[str]], Mapping[Target, Sequence[Record]]],
) -> list[Disagreement]:
    """Make the disagreements as simple as possible, one for each cause.

    `run` runs calls on the targets. Greedy: in every round each takes the first simpler call
    that still disagrees in the same way.
    """
    current = _one_a_cause(found)
    tried = set[str]()
    again: dict[tuple[str, str, str], Disagreement] = {}
    for _ in range(ROUNDS):
        calls = dict.fromkeys(call for one in current for call in simpler(one.record.torch))
        new = [call for call in calls if call not in tried]
        tried.update(new)
        for target, records in (run(new) if new else {}).items():
            for one in disagreements(target, records):
                again[one.kind, target.name, one.record.torch] = one
        for place, one in enumerate(current):
            keys = ((one.kind, one.target.name, call) for call in simpler(one.record.torch))
            current[place] = next((again[key] for key in keys if key in again), one)
        current = _one_a_cause(current)
    return current


def _one_a_cause(found: Iterable[Disagreement]) -> list[Disagreement]:
    by_cause: dict[tuple[str, str, str], Disagreement] = {}
    for one in found:
        known = by_cause.setdefault(one.cause, one)
        by_cause[one.cause] = min(known, one, key=lambda one: len(one.record.torch))
    return list(by_cause.values())


def run_random(
    setting: Setting,
    draws: int | None,
    seed: int,
    groups: Groups = "some",
    only: Sequence[str] | None = None,
    no_shrink: bool = False,
) -> int:
    """Run random calls, print where linter and runs disagree; fails on any.

    Missed alarms and wrong ports are defects, false alarms are not.
    """
    run = partial(run_calls, setting=setting)
    calls = draw_calls(draws, seed, only, groups)
    followed = {
        target: list(dict.fromkeys(advised(call, target) for call in calls))
        for target in setting.targets
    }
    found: list[Disagreement] = []
    everything = dict.fromkeys([*calls, *(one for mine in followed.values() for one in mine)])
    for target, records in run(list(everything)).items():
        by_call = {record.torch: record for record in records}
        for title, mine in (("drawn", calls), ("advice followed", followed[target])):
            some = [by_call[call] for call in mine]
            found += disagreements(target, some)
            print("\n".join(summary(target, title, some)))
    defects = [one for one in found if one.kind != "false alarm"]
    causes = _one_a_cause(found) if no_shrink else shrunk(found, run)
    for one in sorted(causes, key=lambda one: list(KINDS).index(one.kind)):
        print(f"  {one}")
    return int(bool(defects))


def summary(target: Target, title: str, records: Sequence[Record]) -> Iterator[str]:
    """Yield the figures of a target: of all calls, and of each optimizer with a disagreement."""
    usable = [record for record in records if record.torch_error is None]
    yield (
        f"{target.name} {target.version}, {title}: {len(records)} calls, "
        f"{len(records) - len(usable)} rejected by torch; {_figures(target, usable)}"
    )
    for name in sorted({record.optimizer for record in usable}):
        mine = [record for record in usable if record.optimizer == name]
        if disagreements(target, mine):
            yield f"  {name}: {_figures(target, mine)}"


def _figures(target: Target, records: Sequence[Record]) -> str:
    kinds = Counter(one.kind for one in disagreements(target, records))
    exact = sum(one.port is not None and one.port.fidelity == "exact" for one in records)
    silent = sum(not one.found for one in records)
    flagged = len(records) - silent
    return (
        f"{kinds['wrong port']} wrong ports ({exact} called exact), "
        f"{kinds['missed alarm']} missed of {silent} silent, "
        f"{kinds['false alarm']} false of {flagged} flagged"
    )


_SIMPLE: Final = (0.1, 0.01, 0.001, 1.0, 0.9, 0.5, 0.0)


def simpler(call: str) -> Iterator[str]:
    """Yield calls that are simpler than this one, the simplest first.

    An argument or an option of a group is dropped, a positional one only from the end, or a
    number becomes a rounder one.
    """
    nodes = list(ast.walk(ast.parse(call, mode="eval").body))
    for simplified in (_shorter, _rounder):
        for node in nodes:
            for text in simplified(node):
                begin, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
                yield call[:begin] + text + call[end:]


def _shorter(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and node.col_offset == 0:
        for number in range(len(node.keywords)):
            fewer = node.keywords[:number] + node.keywords[number + 1 :]
            yield ast.unparse(ast.Call(node.func, node.args, fewer))
        if node.args and not _is_groups(node.args[-1]):
            yield ast.unparse(ast.Call(node.func, node.args[:-1], node.keywords))
    elif isinstance(node, ast.Dict):
        for number, key in enumerate(node.keys):
            if getattr(key, "value", "params") != "params":
                keys = node.keys[:number] + node.keys[number + 1 :]
                values = node.values[:number] + node.values[number + 1 :]
                yield ast.unparse(ast.Dict(keys, values))


def _rounder(node: ast.AST) -> Iterator[str]:
    """Simpler texts of a value, never one that is as simple already."""
    if isinstance(node, ast.List) and all(isinstance(one, ast.Constant) for one in node.elts):
        yield ast.unparse(ast.Tuple(node.elts, ast.Load()))
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, float) and value not in _SIMPLE:
        power = 10.0 ** int(f"{value:e}".partition("e")[2])
        found = dict.fromkeys(map(repr, (power, float(f"{value:.0e}"))))
        yield from (one for one in found if one != repr(value) and len(one) <= len(repr(value)))


def _is_groups(node: ast.expr) -> bool:
    return isinstance(node, ast.List) and all(isinstance(one, ast.Dict) for one in node.elts)


def shape(call: str) -> str:
    """A call without its values, for telling causes apart: ``Adam(_, eps)``."""
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    words = ["_" for _ in tree.args] + sorted(str(keyword.arg) for keyword in tree.keywords)
    if tree.args and _is_groups(tree.args[0]):
        inside = [node for node in ast.walk(tree.args[0]) if isinstance(node, ast.Dict)]
        keys = {str(getattr(key, "value", "")) for group in inside for key in group.keys}
        words[0] = f"[{', '.join(sorted(keys - {'params'}))}]"
    return f"{ast.unparse(tree.func)}({', '.join(words)})"
