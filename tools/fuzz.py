"""Look for sources that optport fails on, for as long as is asked for.

``python tools/fuzz.py --minutes 30 --seed 1 [PATH…]`` checks generated programs, mutations of the
project's own fixtures, of the standard library's modules and of the files below each PATH, and
sources that grow. Each is checked without the safety net, under changing options, and compared
with what flake8 would report; what takes far longer than Python's parser is reported, too. A
failure is shrunk and printed, each cause once. A round's number is all that a source depends on,
so ``--seed 1 --first N`` goes on with round N, and ``--rounds 1`` repeats it alone. Exits with 1
when something was found.
"""

from __future__ import annotations

import argparse
import faulthandler
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fuzzing.grammar import Writer  # noqa: E402
from fuzzing.growth import grown  # noqa: E402
from fuzzing.mutation import mutated  # noqa: E402
from fuzzing.oracles import Failure, failure, parsed, slow  # noqa: E402
from fuzzing.shrink import shrunk  # noqa: E402

from optport.config import Configuration  # noqa: E402
from optport.files import UnreadableFile, read_text  # noqa: E402
from optport.gate import concerns_us  # noqa: E402
from optport.options import Options, make_options  # noqa: E402
from optport.walking import Walk  # noqa: E402

LONGEST_CHECK = 10
"""Seconds of the processor after which a check counts as hanging."""
MEMORY = 3 << 30
"""Bytes that a run may take, so that what grows without bound fails instead of the machine."""
BLOW_UPS = ("slow", "hangs", "too much memory")
"""Failures that have many causes, and take too long to be made smaller."""
MOST_SLOW = 12
LARGEST_SEED_FILE = 60_000

ALL_TARGETS = "paddle,mindspore,mindspore.experimental,mindspore.mint"
OPTIONS = (
    ("paddle,mindspore", "", False),
    (ALL_TARGETS, "", True),
    ("paddle==2.6.2,mindspore==2.7.0", "1.8.1", True),
    (ALL_TARGETS, "2.4", False),
)
CALLS = (
    "torch.optim.ASGD(model.parameters())",
    "torch.optim.Adam(p, lr=1, betas=[0, 0.999], eps=0, foreach=True)",
    "torch.optim.SGD([{'params': p, 'lr': 0.1}, {'params': q, 'foo': 1}], 0.1, maximize=True)",
)


class Hangs(BaseException):
    """A check took longer than any source should take."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fuzz; returns the exit status."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (default: 1)")
    parser.add_argument("--rounds", type=int, help="how many sources, whatever the time")
    parser.add_argument("--seed", type=int, default=1, help="which sources (default: 1)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="go on with round N")
    parser.add_argument("--kinds", default="programs,mutations,growth", help="of sources")
    parser.add_argument("--shrink", type=float, default=30.0, metavar="SECONDS")
    parser.add_argument("paths", nargs="*", help="further files and folders to mutate")
    asked = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
    signal.signal(signal.SIGVTALRM, _alarm)
    faulthandler.enable()
    return 1 if Fuzz(asked).run() else 0


def _alarm(_: int, __: FrameType | None) -> None:
    raise Hangs


class Fuzz:
    """One run: the seeds it mutates, what it has met so far, and its failures by kind."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self._asked = asked
        self._kinds = asked.kinds.split(",")
        self._options = {one: make_options(*one) for one in OPTIONS}
        self._seeds = self._read_seeds(asked.paths) if "mutations" in self._kinds else []
        self._met: Counter[str] = Counter()
        self._failures: dict[str, int] = {}

    def run(self) -> int:
        """Check round after round until the time is over; returns how many causes were found."""
        begun = told = time.monotonic()
        number = self._asked.first
        while True:
            now = time.monotonic()
            if self._asked.rounds is None:
                if now - begun >= 60 * self._asked.minutes:
                    break
            elif number - self._asked.first >= self._asked.rounds:
                break
            if now - told >= 30:
                told = now
                self._tell(f"round {number}, {(now - begun) / 60:.1f} min")
            self._round(number)
            number += 1
        self._tell(f"done after round {number - 1}, {(time.monotonic() - begun) / 60:.1f} min")
        return len(self._failures)

    def _tell(self, where: str) -> None:
        met = ", ".join(f"{count} {what}" for what, count in sorted(self._met.items()))
        print(f"{where}: {met}; {len(self._failures)} causes of failure", flush=True)

    def _read_seeds(self, paths: Sequence[str]) -> list[tuple[str, str]]:
        own = [ROOT / "tests" / "fixtures", ROOT / "tests" / "scripts", ROOT / "examples"]
        library = sorted(Path(argparse.__file__).parent.glob("*.py"))
        seeds = []
        walk = Walk(Configuration(isolated=True), lambda name, why: self._tell(f"{name}: {why}"))
        for name, _ in walk.files([*map(str, own), *map(str, library), *paths]):
            path = Path(name)
            try:
                text = read_text(path)
            except UnreadableFile:
                continue
            if len(text) <= LARGEST_SEED_FILE:
                # Own fixtures are few and say most: they come as often as all the others.
                times = 8 if ROOT in path.parents else 1
                seeds += [(path.name, text)] * times
        return seeds

    def _round(self, number: int) -> None:
        random = Random(f"{self._asked.seed}:{number}")
        asked = random.choice(OPTIONS)
        options = self._options[asked]
        writer = Writer(random)
        kind = random.choice(self._kinds)
        text = ""
        for _ in range(20):
            text = self._source(kind, random, writer)
            if parsed(text) is not None:
                break
        else:
            self._met[f"{kind} not parsed"] += 1
            return
        if not concerns_us(text):
            text += f"\nimport torch.optim\n{random.choice(CALLS)}\n"
        self._met[kind] += 1
        found = self._failing(text, options)
        if found is not None:
            where = f"round {number} of --seed {self._asked.seed}, options {asked}"
            self._report(where, text, options, found)

    def _source(self, kind: str, random: Random, writer: Writer) -> str:
        if kind == "programs":
            return writer.program()
        if kind == "growth":
            return grown(random, writer)
        _, text = random.choice(self._seeds)
        return mutated(text, random, writer)

    def _failing(self, text: str, options: Options) -> Failure | None:
        signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_CHECK)
        try:
            return failure(text, options) or slow(text, options)
        except Hangs:
            return Failure("hangs", f"more than {LONGEST_CHECK} s")
        except MemoryError:
            return Failure("too much memory", f"more than {MEMORY >> 30} GiB")
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _report(self, where: str, text: str, options: Options, found: Failure) -> None:
        count = self._failures[found.kind] = self._failures.get(found.kind, 0) + 1
        if count > (MOST_SLOW if found.kind in BLOW_UPS else 1):
            return
        print(f"\n--- {where}: {found.kind}\n{found.details}")

        def fails(smaller: str) -> bool:
            again = self._failing(smaller, options)
            return again is not None and again.kind == found.kind

        small = text if found.kind in BLOW_UPS else shrunk(text, fails, self._asked.shrink)
        shown = small if len(small) < 3000 else f"{small[:1000]}\n[…]\n{small[-500:]}"
        print(f"source ({len(small)} characters):\n{shown}\n---", flush=True)


if __name__ == "__main__":
    sys.exit(main())
