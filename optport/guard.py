"""A defect of our own must not cost the user a run: one line on the file instead."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from optport.check import Report, check_tree

if TYPE_CHECKING:
    from optport.options import Options
    from optport.reader.evaluation import Foreign

DEFECT_CODE = "OPT000"


def check_guarded(
    tree: ast.Module,
    text: str,
    options: Options | None = None,
    foreign: Foreign | None = None,
    ports: bool = False,
) -> Report:
    """Check a parsed source as `check_tree` does, but never raise; write the ports, too, if asked.

    An exception becomes the report's `defect`: one line that says what happened and what to do.
    """
    try:
        report = check_tree(tree, text, options, foreign)
        if ports:
            for one in report.constructions:
                one.ports  # noqa: B018
        return report
    except Exception as error:  # the host would end its whole run on it
        report = Report()
        report.defect = (
            f"{DEFECT_CODE} optport failed on this file ({type(error).__name__}: {error}) and "
            "found nothing in it; please report it to optport's issue tracker with the file"
        )
        return report
