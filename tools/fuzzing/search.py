"""The search for sources that grow dear: plans are drawn, changed, and kept by what they cost."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from fuzzing.grammar import Kind
from fuzzing.growth import Plan, changed, drawn, paired, pairs
from fuzzing.oracles import Failure, failure, parsed
from optport.check import check_tree
from optport.options import Options, default_options

LARGE = 20_480
"""Characters of a source that is measured,"""
SMALL = LARGE // 4
"""of one that shows whether it is worth it,"""
TINY = 1000
"""and of one that everything else is looked at of."""
MAX_SECONDS = 1.0
"""What a large source may take of the processor,"""
MAX_MEMORY = 150 << 20
"""and of memory, in bytes beyond what the process takes anyway."""
PLAIN = "import torch\n" + "".join(f"torch.optim.ASGD(q, {n})\n" for n in range(100))
"""Constructions that have to be judged one by one:"""
PLAIN_SECONDS = 0.045
"""they take so long on a machine that is not busy, and other times are compared with theirs."""
WORTH_IT = 0.12
"""Seconds for a small source from which on the large one is measured."""
KEPT = 60
MOST_DRAWN = 8
"""Draws of two constructs until they are Python."""
DEFAULT = default_options()
"""What time and memory are promised for."""

Guarded = Callable[[Callable[[], Failure | None]], Failure | None]


@dataclass
class Cost:
    """What the check of one source took."""

    seconds: float = 0.0
    memory: int = 0

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s, {self.memory / (1 << 20):.0f} MiB"


@dataclass
class Search:
    """Plans so far, the dearest first; `guarded` runs a check that may hang or eat memory."""

    random: Random
    options: Options
    guarded: Guarded
    kept: list[tuple[float, Plan]] = field(default_factory=list)
    steps: int = 0
    slower: float = 1.0
    """How many times as long as on a machine that is not busy things take just now."""
    untried: list[tuple[Kind, Kind]] | None = None
    """The pairs of constructs that are still to be tried, in any order."""
    tried: int = 0
    """The pairs that were tried: some are no Python, as a `return` in a class."""
    slowest: tuple[float, str] = (0.0, "")
    largest: tuple[int, str] = (0, "")

    def step(self) -> tuple[str, Failure] | None:
        """Try one plan; returns the source and what does not hold of it."""
        if self.steps % 20 == 0:
            self._compare()
        self.steps += 1
        plan = self._next_pair() or self._next()
        tiny, small = sized(plan, TINY), sized(plan, SMALL)
        if tiny is None or small is None:
            return None
        cost = Cost()

        def check() -> Failure | None:
            nonlocal cost
            cost = self._measured(small)
            return None

        found = self.guarded(check)
        self._keep(cost.seconds, plan)
        if found is not None:
            return small, found
        found = self.guarded(lambda: failure(tiny, self.options))
        if found is not None:
            return tiny, found
        if cost.seconds < WORTH_IT and self.random.random() > 0.04:
            return None
        return self._large(plan)

    def _large(self, plan: Plan) -> tuple[str, Failure] | None:
        large = sized(plan, LARGE)
        if large is None:
            return None
        found = self.guarded(lambda: self._too_dear(large))
        if found is None:
            return None
        smaller = self._reduced(plan)
        return sized(smaller, LARGE) or large, found

    def _compare(self) -> None:
        """Note how busy the machine is just now."""
        plain = min(measured(PLAIN, DEFAULT).seconds for _ in range(2))
        self.slower = max(1.0, plain / PLAIN_SECONDS)

    def _too_dear(self, text: str) -> Failure | None:
        self._compare()
        cost = self._measured(text)
        self.slowest = max(self.slowest, (cost.seconds, text))
        self.largest = max(self.largest, (cost.memory, text))
        if cost.memory > MAX_MEMORY:
            return Failure("too much memory", str(cost))
        if cost.seconds > MAX_SECONDS:
            cost.seconds = min(cost.seconds, self._measured(text).seconds)
        return Failure("slow", str(cost)) if cost.seconds > MAX_SECONDS else None

    def _measured(self, text: str) -> Cost:
        cost = measured(text, DEFAULT)
        return replace(cost, seconds=cost.seconds / self.slower)

    def _next_pair(self) -> Plan | None:
        """Return a plan of two constructs that were not tried, by turns with other plans."""
        if self.untried is None:
            self.untried = pairs()
            self.random.shuffle(self.untried)
        if not self.untried or self.steps % 4 == 0:
            return None
        one, other = self.untried.pop()
        for _ in range(MOST_DRAWN):
            plan = paired(one, other, self.random)
            if sized(plan, TINY) is not None:
                self.tried += 1
                return plan
        return None

    def _next(self) -> Plan:
        if len(self.kept) < KEPT // 2 or self.random.random() < 0.25:
            return drawn(self.random)
        (_, one), (_, other) = self.random.choices(self.kept, k=2)
        return changed(one, other, self.random)

    def _keep(self, seconds: float, plan: Plan) -> None:
        self.kept.append((seconds, plan))
        self.kept.sort(key=lambda one: -one[0])
        if len(self.kept) > KEPT:
            # The cheapest goes, or any: what was dear once must not fill the pool for ever.
            del self.kept[-1 if self.random.random() < 0.7 else self.random.randrange(KEPT)]

    def _reduced(self, plan: Plan) -> Plan:
        """Return a plan with nothing in it that the cost doesn't come from."""
        for smaller in _smaller(plan):
            text = sized(smaller, LARGE)
            if text is not None and self.guarded(partial(self._too_dear, text)):
                return self._reduced(smaller)
        return plan


def _smaller(plan: Plan) -> Iterator[Plan]:
    for parts in _without_one(plan.parts):
        yield replace(plan, parts=parts)
    for uses in _without_one(plan.uses):
        yield replace(plan, uses=uses)
    if plan.around:
        yield replace(plan, around="")
    if plan.each:
        yield replace(plan, each=False)


def _without_one(items: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if len(items) > 1:
        yield from (items[:n] + items[n + 1 :] for n in range(len(items)))


def sized(plan: Plan, characters: int) -> str | None:
    """Return a plan written as long as fits into so many characters; None if it is no Python.

    It is doubled until it is too long, and then halved back.
    """
    size, step, best = 1, 1, ""
    while step:
        try:
            text = plan.written(size + step)
        except (ValueError, SyntaxError, RecursionError):
            break
        if len(text) <= characters and len(text) > len(best):
            size, best, step = size + step, text, 2 * step
        else:
            step = min(step // 2, 1 << 12) if len(text) > characters else 0
    return best if best and parsed(best) is not None else None


def measured(text: str, options: Options) -> Cost:
    """Check a source and return what that took; the table is read before."""
    tree = parsed(text)
    assert tree is not None
    gc.collect()
    before = _forget_peak()
    begun = time.process_time()
    check_tree(tree, text, options)
    seconds = time.process_time() - begun
    return Cost(seconds, max(0, _status("VmHWM") - before))


def _forget_peak() -> int:
    """Have the system count the largest memory anew; returns what is taken now, in bytes."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return 1 << 62  # no such system: memory is bounded by `setrlimit` alone
    return _status("VmRSS")


def _status(key: str) -> int:
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(rf"{key}:\s+(\d+) kB", text)
    return int(found[1]) << 10 if found else 0
