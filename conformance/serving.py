"""How a worker answers its driver.

It is started as ``python -m MODULE FD``: a connection over which jobs come one by one. Standard
output belongs to the framework.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

from conformance.cases import one_line

Outcome = Mapping[str, object]


def serve(
    read: Callable[[dict[str, Any]], Any], start: Callable[[Any], Callable[[Any], Outcome]]
) -> None:
    """Answers the jobs that come over the connection that the driver names, until it ends.

    `read` takes a job from its JSON object, `start` loads what the first one needs and gives what
    runs one. The first job comes twice: that it is loaded is the first answer.
    """
    connection = Connection(int(sys.argv[-1]))
    os.set_inheritable(connection.fileno(), False)
    run = start(read(json.loads(connection.recv_bytes())))
    connection.send_bytes(b"{}")
    with contextlib.suppress(EOFError):
        while True:
            job = read(json.loads(connection.recv_bytes()))
            try:
                answer = json.dumps(run(job))
            except Exception as error:
                answer = json.dumps({"error": one_line(f"{type(error).__name__}: {error}")})
            connection.send_bytes(answer.encode())
