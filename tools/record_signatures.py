"""Record the optimizer and scheduler signatures of a framework release.

Usage::

    python tools/record_signatures.py SOURCE [SOURCE ...] [--check] [--version X.Y.Z] [--data DIR]

A SOURCE is a wheel file, a directory with an installed or unpacked framework (such as
``site-packages``) or a directory of wheels. Sources are only read and parsed, never imported, so a
release can be recorded on a machine that cannot run it. The signatures are merged into the data
files of ``optport/signatures``, one file per family of names.

Exit status: 0 recorded (with ``--check``: as recorded), 1 ``--check`` found a difference,
2 unusable input.
"""

from __future__ import annotations

import sys

from signature_recorder.command_line import main

if __name__ == "__main__":
    sys.exit(main())
