"""Sources of the evidence checked: each is read once, and judged anew for every target."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from optport.check import Report, judge_read
from optport.gate import concerns_us
from optport.mentions import named_in_code
from optport.options import Options
from optport.parsing import parse_source
from optport.reader.constructions import find_constructions
from optport.reader.model import Construction, MethodUse, Unresolved
from optport.reader.source import SourceText


@cache
def check_read(text: str, options: Options) -> Report:
    """Check a source that names torch's optimizers, as the linter does."""
    report = Report()
    judge_read(_read(text, options.torch_version), report, options)
    return report


@cache
def _read(text: str, torch_version: str) -> Sequence[Construction | Unresolved | MethodUse]:
    tree, source = parse_source(text), SourceText(text)
    assert concerns_us(text)
    assert named_in_code(tree, source.lines)
    return list(find_constructions(tree, source, torch_version))
