"""What has to hold of every source that Python's parser takes."""

from __future__ import annotations

import ast
import gc
import io
import time
import traceback
from dataclasses import dataclass, replace
from pathlib import Path

from flake8_optport import Plugin
from fuzzing.ports import wrong_port
from optport.catalogue import CATALOGUE
from optport.check import Report, check_tree
from optport.edits import Fix, apply_edits
from optport.gate import concerns_us
from optport.options import Options
from optport.parsing import parse_source

SLOWER = 20
"""How many times as long as `ast.parse` a check may take,"""
SLACK = 0.05
"""and how many seconds more,"""
EACH = 0.0015
"""and for each construction, which is compared with every target."""
OWN_WORDS = ("UNREAD", "Qualified(", "Literal(", "Tensor(value", "ValueSet(", " object at 0x")
"""What values are called inside of optport: nobody ought to read that."""
LONGEST_MESSAGE = 2000
"""Characters of a finding that is no note."""


@dataclass(frozen=True)
class Failure:
    """What does not hold: its kind, the same for all sources with the same cause, and details."""

    kind: str
    details: str


def parsed(text: str) -> ast.Module | None:
    """Return the tree of a source, None where Python's parser does not take it."""
    try:
        return parse_source(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def failure(text: str, options: Options) -> Failure | None:
    """Return what does not hold of a source, None where all is well or it can't be parsed."""
    tree = parsed(text)
    if tree is None or not concerns_us(text):
        return None
    try:
        report = check_tree(tree, text, options)
    except MemoryError:
        raise
    except Exception as error:  # just what is looked for
        return _raised(error)
    return (
        badly_said(report, text)
        or _told_apart(report, text, options)
        or _badly_ported(text, options)
    )


def slow(text: str, options: Options) -> Failure | None:
    """Return that checking a source takes far longer than parsing it, measured three times."""
    for _ in range(3):
        begun = time.process_time()
        tree = parsed(text)
        parsing = time.process_time() - begun
        if tree is None or not concerns_us(text):
            return None
        gc.collect()
        begun = time.process_time()
        try:
            built = len(check_tree(tree, text, options).constructions)
        except Exception:
            return None  # another failure
        checking = time.process_time() - begun
        if checking <= SLOWER * parsing + SLACK + EACH * built:
            return None
    return Failure("slow", f"{checking:.2f} s, the parser {parsing:.3f} s")


def _badly_ported(text: str, options: Options) -> Failure | None:
    """Return what is wrong with a source's port, to any of the targets."""
    for target in options.targets:
        try:
            wrong = wrong_port(text, replace(options, targets=(target,)), again=False)
        except MemoryError:
            raise
        except Exception as error:
            return _raised(error)
        if wrong is not None:
            return Failure(f"port {wrong.partition('(')[0][:30]}", f"{target.name}: {wrong}")
    return None


def _raised(error: Exception) -> Failure:
    last = [f for f in traceback.extract_tb(error.__traceback__) if "optport" in f.filename][-1]
    where = f"{Path(last.filename).name}:{last.name}"
    details = "".join(traceback.format_exception(error)[-12:])
    return Failure(f"{type(error).__name__} in {where}", details)


def badly_said(report: Report, text: str) -> Failure | None:
    """Return what is wrong with findings or ports: scripts rely on their form."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for finding in report.findings:
        said = f"{finding.code} {finding.message}"
        if len(finding.message.splitlines()) != 1:
            return Failure(f"{finding.code} is not one line", said)
        if len(said) > LONGEST_MESSAGE and not finding.kind.note:
            return Failure(f"{finding.code} is too long", f"{len(said)}: {said[:300]}")
        if not (1 <= finding.place.line <= finding.place.end_line <= lines):
            return Failure(f"{finding.code} is outside of the file", f"{finding.place} {said}")
        if finding.code not in CATALOGUE:
            return Failure(f"{finding.code} is no code", said)
        written = "" if finding.fix is None else repr([edit.content for edit in finding.fix.edits])
        if (word := _own_word(f"{said} {written}", text)) is not None:
            return Failure(f"{finding.code} says {word}", f"{said} {written}"[:2000])
        if finding.fix is not None and (wrong := _wrong_fix(text, finding.fix)) is not None:
            return Failure(f"{finding.code}: its fix {wrong}", f"{finding.fix} {said}")
    for checked in report.constructions:
        for port in checked.ports.values():
            call = port.call or "None"
            if (word := _own_word(call, text)) is not None:
                return Failure(f"port says {word}", call[:2000])
            wrong = _no_expression(call)
            if wrong is not None:
                return Failure(f"port is no expression: {wrong}", call[:2000])
    return None


def _own_word(said: str, text: str) -> str | None:
    return next((word for word in OWN_WORDS if word in said and word not in text), None)


def _wrong_fix(text: str, fix: Fix) -> str | None:
    """Return what is wrong with a fix, None where it can be applied and leaves Python."""
    try:
        mended = apply_edits(text, fix.edits)
    except (ValueError, IndexError) as error:
        return f"can't be applied ({error})"
    if parsed(mended) is None:
        return "leaves no Python"
    return "changes nothing" if mended == text else None


def _no_expression(text: str) -> str | None:
    """Return why Python does not take a text as an expression, None where it does."""
    try:
        compile(text, "port", "eval", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (RecursionError, MemoryError):
        return None
    except (SyntaxError, ValueError) as error:
        return str(error.msg if isinstance(error, SyntaxError) else error)
    return None


def _told_apart(report: Report, text: str, options: Options) -> Failure | None:
    """Whether flake8 would say the same of the lines that it reads."""
    lines = io.StringIO(text.removeprefix("\ufeff"), newline=None).readlines()
    tree = parsed("".join(lines))
    if tree is None:
        return Failure("flake8 reads it differently", "its lines can't be parsed")
    plugin = Plugin(tree, lines)
    before, Plugin.options = Plugin.options, options
    try:
        said = sorted((line, col, message) for line, col, message, _ in plugin.run())
    finally:
        Plugin.options = before
    mine = sorted((f.place.line, f.place.col, f"{f.code} {f.message}") for f in report.findings)
    if said == mine:
        return None
    apart = [one for one in [*said, *mine] if (one in said) is not (one in mine)]
    return Failure("flake8 says something else", "\n".join(map(str, apart[:6])))
