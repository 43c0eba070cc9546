"""Porting the files of a run, one after the other."""

from __future__ import annotations

from collections import Counter
from functools import partial

from optport.cli.checking import NOTEBOOK, reason
from optport.cli.console import Console, OutputLost
from optport.cli.differences import difference
from optport.cli.sources import NotebookSource, PythonSource, Source
from optport.files import STANDARD_INPUT, UnreadableFile, decode, read_bytes
from optport.formats.result import shown_path
from optport.gate import concerns_us
from optport.guard import sheltered, told
from optport.hazards.hazard import Fidelity
from optport.printable import printable
from optport.rewrite.source import Done, port_document
from optport.settings import Settings
from optport.targets import Target
from optport.writing import UnwritableFile, replace_file

_NAMES = {Fidelity.NONE: "not ported"}
"""What the summary calls a fidelity, where it is not its own name."""


class Porting:
    """Ports files for one target, and counts what became of their constructions."""

    def __init__(self, target: Target, console: Console, *, write: bool, diff: bool) -> None:
        """Take the target, where to print, and whether to write files or to show differences."""
        self._target = target
        self._console = console
        self._write = write
        self._diff = diff
        self._found: Counter[Fidelity] = Counter()
        self._left = 0
        self._changed = 0

    @property
    def status(self) -> int:
        """The exit status: 0 if all that was found has an exact port, else 1."""
        inexact = any(self._found[one] for one in Fidelity if one is not Fidelity.EXACT)
        return int(inexact or self._left > 0)

    def file(self, name: str, settings: Settings) -> None:
        """Port one file; trouble with it is told and loses nothing else."""
        shown = printable(name)
        try:
            data = read_bytes(name)
            after = self._ported(name, data, settings)
            if name == STANDARD_INPUT and not self._diff:
                self._console.print_bytes(after)
            elif after != data:
                self._show(name, data, after)
                self._changed += 1
        except (UnreadableFile, UnwritableFile) as error:
            self._console.trouble(f"{shown}: {printable(str(error))}")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self._console.trouble(f"{shown}: {printable(reason(error))}")
        except OutputLost:
            raise
        except Exception as error:  # a defect of our own must not cost the other files
            self._console.trouble(f"{shown}: {told(error, 'leaves it as it is')}")

    def _ported(self, name: str, data: bytes, settings: Settings) -> bytes:
        source: Source
        if name.endswith(NOTEBOOK):
            source = NotebookSource(data)
        else:
            text = decode(data)
            if not concerns_us(text):
                return data
            source = PythonSource(data, text)
        for one in source.warnings():
            self._console.warn(f"{printable(name)}: {printable(one)}")
        for one in source.troubles():
            self._console.trouble(f"{printable(name)}: {printable(one)}")
        ported = partial(port_document, source.document, self._target, settings.options)
        document, done = sheltered(ported)
        self._found.update(one.fidelity for one in done if not one.is_use)
        self._left += sum(one.is_use for one in done)
        if not (self._write or self._diff or name == STANDARD_INPUT):
            self._list(name, done)
        return source.bytes_of(document) if done else data

    def _show(self, name: str, before: bytes, after: bytes) -> None:
        if self._diff:
            output = self._console.output
            escaped = output is not None and output.isatty()
            self._console.print_bytes(difference(shown_path(name), before, after, escaped))
        elif self._write:
            replace_file(name, before, after)

    def _list(self, name: str, done: tuple[Done, ...]) -> None:
        for one in done:
            place = f"{printable(shown_path(name))}:{one.place.line}:{one.place.col + 1}"
            if one.is_use:
                self._console.print(f"{place}: torch.optim.{one.api} is to be rewritten by hand\n")
                continue
            becomes = one.callee if one.fidelity is not Fidelity.NONE else "stays"
            fidelity = _NAMES.get(one.fidelity, str(one.fidelity))
            self._console.print(f"{place}: torch.optim.{one.api} -> {becomes} ({fidelity})\n")

    def summary(self) -> str:
        """Say in a line how many constructions have a port of which fidelity, and what is left."""
        if not self._found and not self._left:
            return "Nothing to port.\n"
        parts = [
            f"{self._found[one]} {_NAMES.get(one, one)}" for one in Fidelity if self._found[one]
        ]
        left = f"{self._left} use{'' if self._left == 1 else 's'} left to rewrite by hand"
        counts = "; ".join([", ".join(parts)] * bool(parts) + [left] * bool(self._left))
        verb = "changed" if self._write else "would change"
        files = f"{self._changed} file{'' if self._changed == 1 else 's'} {verb}"
        return f"{counts}; {files}.\n"
