"""How a worker answers its driver.

It is started as ``python -m MODULE FD``: a connection over which jobs come one by one. Standard
output belongs to the framework.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
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
    place = int(sys.argv[-1])
    os.set_inheritable(place, False)
    back = os.dup(place)
    with os.fdopen(place, encoding="utf-8") as asked, os.fdopen(back, "w", encoding="utf-8") as out:
        jobs = map(read, map(json.loads, asked))
        run = start(next(jobs))
        print("{}", file=out, flush=True)
        for job in jobs:
            try:
                answer = json.dumps(run(job))
            except Exception as error:
                answer = json.dumps({"error": one_line(f"{type(error).__name__}: {error}")})
            print(answer, file=out, flush=True)
