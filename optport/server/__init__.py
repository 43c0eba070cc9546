"""The language server: ``optport server`` (needs the extra ``lsp``)."""

from __future__ import annotations

import sys


def serve() -> int:
    """Serve one client over standard input and output until it leaves; returns the exit status.

    Without pygls: one line on standard error that says what to install, and 2.
    """
    try:
        from optport.server.app import run
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        print(
            "optport: error: the language server needs pygls: pip install 'optport[lsp]'",
            file=sys.stderr,
        )
        return 2
    return run()
