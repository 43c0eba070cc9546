"""The pages of the codes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from doc_evidence import code, deviation, literal, newest_targets, records, table
from doc_plots import pictures

from conformance.judgement import ground
from conformance.records import literal_parts, torch_call
from optport.catalogue import CATALOGUE, Kind
from optport.check import Report, check_source
from optport.cli.rule_pages import HEAD, introduction, pylint_id
from optport.edits import apply_edits
from optport.finding import Finding
from optport.hazards.hazard import Port
from optport.options import make_options
from optport.signatures import ApiKind
from optport.versions import UsageError

MOST_CASES = 12


def rule_pages() -> Mapping[str, str]:
    """Return the text of every rule page and of their index, by path below docs/."""
    cases = _cases()
    found = {f"rules/{kind.code}.md": _page(kind, cases) for kind in CATALOGUE.values()}
    found["rules/README.md"] = _index()
    return found


def _index() -> str:
    rows = [
        [f"[{kind.code}]({kind.code}.md)", kind.name, pylint_id(kind), kind.summary]
        for kind in CATALOGUE.values()
    ]
    return (
        "# The codes\n\n"
        "OPT1xx: no counterpart, OPT2xx: defaults, OPT3xx: algorithms, OPT4xx: parameter groups, "
        "OPT5xx: methods, OPT6xx: learning-rate schedulers. The notes OPT9xx are reported with "
        "`--optport-notes` only.\n\n" + table(["code", "name", "in pylint", "what it finds"], rows)
    )


def _check(source: str, targets: str) -> Report:
    return check_source(HEAD + source + "\n", make_options(targets, notes=True))


_SEE = {
    ApiKind.METHOD: "[What methods and attributes become](../mapping/methods.md), and "
    "[what the training loop becomes](../training-loop.md), with a script and its ports.",
    ApiKind.SCHEDULER: "[What each scheduler becomes](../mapping/README.md"
    "#learning-rate-schedulers), and [what the training loop becomes](../training-loop.md).",
}


def _page(kind: Kind, cases: list[tuple[str, str, Finding]]) -> str:
    before = _check(kind.bad, kind.targets)
    shown = next((f for f in before.findings if f.code == kind.code), None)
    parts = introduction(kind, [] if shown is None else [shown.message])
    if shown is not None:
        parts += _instead(kind, before, shown)
    drawn = list(pictures(kind.code))
    if drawn:
        parts.append("## What it looks like\n\n" + "\n".join(drawn))
    executed = list(_executed(kind, cases))
    if executed:
        parts.append(
            "## Where it was measured\n\n"
            "Largest relative deviation of the weights from torch's on the reference runs, with "
            "the gradients that show it; bold where the port trains differently.\n\n"
            + table(["torch call", "target", "names looked up only", "port"], executed)
        )
    parts.append(_options(kind))
    optimizers = sorted(
        {finding.optimizer.rpartition(".")[2] for _, _, finding in _of(kind, cases)}
    )
    links = ", ".join(f"[{name}](../mapping/{name}.md)" for name in optimizers)
    if links:
        parts.append(f"## References\n\nMapping pages: {links}.\n")
    around = _SEE.get(kind.apis[0]) if len(kind.apis) == 1 else None
    if around is not None:
        parts.append(f"## References\n\n{around}\n")
    return "\n".join(parts)


def _instead(kind: Kind, report: Report, shown: Finding) -> Iterator[str]:
    """What to write: the source with its fix, which trains as before, else the ports."""
    if kind.good:
        yield f"## Use instead\n\n```python\n{HEAD}{kind.good}\n```\n"
    elif shown.fix is not None:
        mended = apply_edits(f"{HEAD}{kind.bad}\n", shown.fix.edits)
        yield (
            f"## Use instead\n\n```python\n{mended}```\n\ntorch trains as before, and there is "
            "nothing left to differ.\n"
        )
    else:
        ports = [
            port
            for one in report.constructions
            if one.construction.place in shown.calls
            for port in one.ports.values()
            if port.call
        ]
        blocks = [_block(port) for port in ports]
        if blocks:
            yield (
                "## Use instead\n\nNothing in the torch code mends it without training something "
                "else. The ports:\n\n```python\n" + "\n\n".join(blocks) + "\n```\n"
            )


def _block(port: Port) -> str:
    also = f"; also: {', '.join(port.also)}" if port.also else ""
    also += "".join(f"; {text}" for text in port.deviations)
    lines = [*port.setup, *([] if port.call is None else [port.call])]
    return "\n".join([f"# {port.fidelity}{also}", *map(_laid_out, lines)])


def _laid_out(line: str) -> str:
    """A call as a formatter has it: in double quotes, its arguments below where it is long."""
    if "lambda " in line or line.startswith("["):
        line = ast.unparse(ast.parse(line))  # a closed form, without needless parentheses
    line = line if '"' in line else line.replace("'", '"')
    if len(line) <= 100:
        return line
    (statement,) = ast.parse(line).body
    assert isinstance(statement, (ast.Assign, ast.Expr)), line
    call = statement.value
    if isinstance(call, ast.ListComp):
        element = str(ast.get_source_segment(line, call.elt))
        rates = (element, line[1:-1].removeprefix(element).lstrip())
        return "[\n" + "".join(f"    {part}\n" for part in rates) + "]"
    if not isinstance(call, ast.Call):
        return line
    parts = [ast.get_source_segment(line, one) for one in (*call.args, *call.keywords)]
    callee = line[: call.col_offset] + str(ast.get_source_segment(line, call.func))
    inside = ", ".join(str(part) for part in parts)
    if len(inside) <= 96:
        return f"{callee}(\n    {inside}\n)"
    return f"{callee}(\n" + "".join(f"    {part},\n" for part in parts) + ")"


def _options(kind: Kind) -> str:
    text = (
        "## Options\n\n`--optport-targets` and `--optport-torch-version` choose what is compared; "
        f"`# noqa: {kind.code}` (flake8) and `# pylint: disable=optport-{kind.name}` silence it.\n"
    )
    if kind.note:
        text += "\nA note: only reported with `--optport-notes`.\n"
    return text


def _cases() -> list[tuple[str, str, Finding]]:
    """Every executed call with every finding that it gives on the target it was executed on."""
    found: list[tuple[str, str, Finding]] = []
    for target in newest_targets():
        try:
            options = make_options(target.info.short)
        except UsageError:
            continue
        for call in records(target):
            report = check_source(f"import torch\n{torch_call(call)}\n", options)
            found.extend((call, target.name, finding) for finding in report.findings)
    return found


def _of(kind: Kind, cases: list[tuple[str, str, Finding]]) -> Iterator[tuple[str, str, Finding]]:
    return (case for case in cases if case[2].code == kind.code)


def _executed(kind: Kind, cases: list[tuple[str, str, Finding]]) -> Iterator[list[str]]:
    """Rows of measured cases: the simplest telling one of each optimizer, target and argument."""
    by_name = {target.name: target for target in newest_targets()}
    best: dict[tuple[str, str, str | None], tuple[tuple[bool, int], str]] = {}
    for call, name, finding in _of(kind, cases):
        record = records(by_name[name])[call]
        telling = any(ground(record, part) for part in literal_parts(record))
        rank = (not telling, call.count("="))
        key = finding.optimizer, name, finding.argument
        if key not in best or rank < best[key][0]:
            best[key] = rank, call
    for (_, name, _), (_, call) in list(best.items())[:MOST_CASES]:
        record = records(by_name[name])[call]
        yield [code(call), name, literal(record), deviation(record)]
