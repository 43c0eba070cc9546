"""Checking one file of a run: most of them can't concern us, and are only read."""

from __future__ import annotations

from optport.files import STANDARD_INPUT, UnreadableFile, decode, read_bytes
from optport.gate import concerns_us
from optport.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from optport.cli.cache import Cache
    from optport.formats.result import FileResult
    from optport.settings import Settings

NOTEBOOK = ".ipynb"


class Job:
    """What is to be done with every file."""

    def __init__(
        self,
        *,
        fix: bool = False,
        diff: bool = False,
        unsafe: bool = False,
        add_noqa: bool = False,
        ports: bool = False,
        escaped: bool = False,
        cache: Cache | None = None,
    ) -> None:
        """Take what to do beside checking.

        `ports`: write the ports; `escaped`: differences are for a terminal to show; `cache`: where
        results are kept, if nothing is to be done but to check.
        """
        self.fix = fix
        self.diff = diff
        self.unsafe = unsafe
        self.add_noqa = add_noqa
        self.ports = ports
        self.escaped = escaped
        self.cache = cache

    def close(self) -> None:
        """Let go of what is open for it."""
        if self.cache is not None:
            self.cache.close()


class Given:
    """A file to check: its name, the name of its content, and its settings."""

    def __init__(self, name: str, settings: Settings, shown: str | None = None) -> None:
        """Take the name to open and, for standard input, the name that the content goes by."""
        self.name = name
        self.settings = settings
        self.shown = name if shown is None else shown


def check_file(given: Given, job: Job) -> FileResult | None:
    """Read and check one file; None where there is nothing to say of it. Never raises."""
    data = b""
    try:
        data = read_bytes(given.name)
        result = _checked(data, given, job)
    except UnreadableFile as error:
        result = _trouble(given, str(error))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        result = _trouble(given, reason(error))
    if job.fix and not job.diff and given.name == STANDARD_INPUT:
        result = result or _trouble(given)
        result.output = result.output or data
    return result


def _checked(data: bytes, given: Given, job: Job) -> FileResult | None:
    text = None
    if not given.shown.endswith(NOTEBOOK):
        text = decode(data)
        if not concerns_us(text, given.settings.notes):
            return None
    slot = None if job.cache is None else job.cache.slot(given, job.ports, data)
    if slot is not None and slot.look_up():
        return slot.result
    from optport.cli.sources import NotebookSource, PythonSource, check_source

    source = NotebookSource(data) if text is None else PythonSource(data, text)
    try:
        result = check_source(source, given, job)
    except SyntaxError as error:  # the content's own, and kept as such
        result = _trouble(given, reason(error))
    if slot is not None:
        slot.fill(result)
    return result


def _trouble(given: Given, *reasons: str) -> FileResult:
    """Return the result of a file that something is wrong with."""
    from optport.formats.result import FileResult

    shown = printable(given.shown)
    return FileResult(given.shown, troubles=[f"{shown}: {printable(why)}" for why in reasons])


def reason(error: BaseException) -> str:
    """Say in one line why Python's parser does not take a source."""
    if isinstance(error, SyntaxError):
        return f"syntax error in line {error.lineno}: {error.msg}"
    if isinstance(error, RecursionError | MemoryError):
        return "nested too deep for Python's own parser"
    return str(error)
