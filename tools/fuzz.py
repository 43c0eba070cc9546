"""Look for sources that optport fails on, for as long as is asked for.

``python tools/fuzz.py sources --minutes 30 --seed 1 [PATH…]`` checks generated programs, and
mutations of the project's own fixtures, of the standard library's modules and of the files below
each PATH. Each is checked without the safety net, under changing options, and compared with what
flake8 would report. A failure is shrunk and printed, each cause once. A round's number is all that
a source depends on, so ``--seed 1 --first N`` goes on with round N, and ``--rounds 1`` repeats it
alone.

``python tools/fuzz.py growth --minutes 60`` looks for small sources that take long or much memory:
forms of Python's own grammar with the reader's own words, over and over and upon each other,
written at twice the size until 20 kB are reached. What was dear is changed and tried again.
``--keep DIR`` writes what is found there.

Exits with 1 when something was found.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fuzzing.grammar import Writer  # noqa: E402
from fuzzing.mutation import mutated  # noqa: E402
from fuzzing.oracles import Failure, failure, parsed, slow  # noqa: E402
from fuzzing.search import Search  # noqa: E402
from fuzzing.shrink import shrunk  # noqa: E402

from optport.files import UnreadableFile, read_text  # noqa: E402
from optport.gate import concerns_us  # noqa: E402
from optport.options import Options, make_options  # noqa: E402

LONGEST_CHECK = 10
"""Seconds of the processor after which a check counts as hanging."""
MEMORY = 3 << 30
"""Bytes that a run may take, so that what grows without bound fails instead of the machine."""
BLOW_UPS = ("slow", "hangs", "too much memory")
"""Failures that have many causes, and take too long to be made smaller line by line."""
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


def _alarm(_: int, __: FrameType | None) -> None:
    raise Hangs


def guarded(check: Callable[[], Failure | None]) -> Failure | None:
    """Run a check that may hang, or take all memory."""
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_CHECK)
    try:
        return check()
    except Hangs:
        return Failure("hangs", f"more than {LONGEST_CHECK} s")
    except MemoryError:
        return Failure("too much memory", f"more than {MEMORY >> 30} GiB")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


class Fuzz:
    """One run: what it has met so far, and its failures by kind."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self._asked = asked
        self._met: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    def run(self, step: Callable[[int], None], told: Callable[[], str]) -> int:
        """Do step after step until the time is over; returns how many causes were found."""
        asked = self._asked
        begun = said = time.monotonic()
        number = asked.first
        while asked.rounds is None or number < asked.first + asked.rounds:
            now = time.monotonic()
            if asked.rounds is None and now - begun >= 60 * asked.minutes:
                break
            if now - said >= 30:
                said = now
                self._tell(f"round {number}, {(now - begun) / 60:.1f} min", told())
            step(number)
            number += 1
        minutes = (time.monotonic() - begun) / 60
        self._tell(f"done after {number - asked.first} rounds, {minutes:.1f} min", told())
        return len(self._failures)

    def _tell(self, where: str, more: str) -> None:
        met = ", ".join(f"{count} {what}" for what, count in sorted(self._met.items()))
        print(f"{where}: {met}{more}; {len(self._failures)} causes of failure", flush=True)

    # -- generated and mutated sources ---

    def sources(self) -> int:
        """Look for sources that are checked wrongly."""
        seeds = self._read_seeds()
        options = {one: make_options(*one) for one in OPTIONS}

        def step(number: int) -> None:
            random = Random(f"{self._asked.seed}:{number}")
            asked = random.choice(OPTIONS)
            kind, text = self._drawn(random, seeds)
            if parsed(text) is None:
                self._met[f"{kind} not parsed"] += 1
                return
            self._met[kind] += 1
            found = _failing(text, options[asked])
            if found is not None:
                where = f"round {number} of --seed {self._asked.seed}, options {asked}"
                self._report(where, text, found, options[asked])

        return self.run(step, lambda: "")

    def _drawn(self, random: Random, seeds: Sequence[str]) -> tuple[str, str]:
        writer = Writer(random)
        kind = random.choice(("programs", "mutations"))
        text = ""
        for _ in range(20):
            text = (
                writer.program()
                if kind == "programs"
                else mutated(random.choice(seeds), random, writer)
            )
            if parsed(text) is not None:
                break
        if not concerns_us(text):
            text += f"\nimport torch.optim\n{random.choice(CALLS)}\n"
        return kind, text

    def _read_seeds(self) -> list[str]:
        own = [ROOT / "tests" / "fixtures", ROOT / "tests" / "scripts", ROOT / "examples"]
        # Own fixtures are few and say most: they come as often as all the others.
        paths = [path for folder in own for path in sorted(folder.rglob("*.py")) * 8]
        paths += sorted(Path(argparse.__file__).parent.glob("*.py"))
        for path in map(Path, self._asked.paths):
            paths += sorted(path.rglob("*.py")) if path.is_dir() else [path]
        seeds = []
        for path in paths:
            with contextlib.suppress(UnreadableFile):
                seeds.append(read_text(path))
        return [text for text in seeds if len(text) <= LARGEST_SEED_FILE]

    # -- sources that grow ---

    def growth(self) -> int:
        """Look for small sources that take long or much memory."""
        options = make_options(ALL_TARGETS, "", notes=True)
        _failing("import torch\n" + "\n".join(CALLS), options)  # what is read once, is read now
        search = Search(Random(self._asked.seed), options, guarded)

        def step(number: int) -> None:
            self._met["plans"] += 1
            found = search.step()
            if found is not None:
                self._report(f"plan {number} of --seed {self._asked.seed}", *found, options)

        def told() -> str:
            seconds, memory = search.slowest[0], search.largest[0] / (1 << 20)
            slowest = f"slowest 20 kB {seconds:.2f} s, largest {memory:.0f} MiB"
            return f", {search.tried} pairs of constructs; {slowest}"

        causes = self.run(step, told)
        self._keep("slowest", search.slowest[1])
        self._keep("largest", search.largest[1])
        return causes

    # -- failures ---

    def _report(self, where: str, text: str, found: Failure, options: Options) -> None:
        self._failures[found.kind] += 1
        count = self._failures[found.kind]
        self._keep(f"{found.kind.replace(' ', '-')[:40]}-{count}", text)
        if count > (MOST_SLOW if found.kind in BLOW_UPS else 1):
            return
        print(f"\n--- {where}: {found.kind}\n{found.details}")

        def fails(smaller: str) -> bool:
            again = _failing(smaller, options)
            return again is not None and again.kind == found.kind

        small = text if found.kind in BLOW_UPS else shrunk(text, fails)
        shown = small if len(small) < 2000 else f"{small[:1400]}\n[…]\n{small[-400:]}"
        print(f"source ({len(small)} characters):\n{shown}\n---", flush=True)

    def _keep(self, name: str, text: str) -> None:
        if self._asked.keep is not None and text:
            self._asked.keep.mkdir(parents=True, exist_ok=True)
            path = self._asked.keep / f"{name.replace('/', '-')}.py"
            path.write_text(text, encoding="utf-8", errors="surrogatepass")


def _failing(text: str, options: Options) -> Failure | None:
    return guarded(lambda: failure(text, options) or slow(text, options))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fuzz; returns the exit status."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("what", choices=("sources", "growth"))
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (default: 1)")
    parser.add_argument("--rounds", type=int, help="how many sources, whatever the time")
    parser.add_argument("--seed", type=int, default=1, help="which sources (default: 1)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="go on with round N")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write there what is found")
    parser.add_argument("paths", nargs="*", help="further files and folders to mutate")
    asked = parser.parse_intermixed_args(arguments)  # paths may come last
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
    signal.signal(signal.SIGVTALRM, _alarm)
    faulthandler.enable()
    fuzz = Fuzz(asked)
    return 1 if (fuzz.growth() if asked.what == "growth" else fuzz.sources()) else 0


if __name__ == "__main__":
    sys.exit(main())
