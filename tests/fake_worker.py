"""A conformance worker without a framework: each job's call says what is to happen.

``-m MODULE JOBS EVENTS`` as the driver starts it; MODULE is not looked at.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path


def main() -> None:
    jobs, events = sys.argv[-2:]
    if os.environ.get("FAKE_WORKER") == "no start":
        sys.exit("cannot import the framework")
    lines = Path(jobs).read_text(encoding="utf-8").splitlines()
    with Path(events).open("a", encoding="utf-8") as out:

        def report(**event: object) -> None:
            print(json.dumps(event), file=out, flush=True)

        report(event="ready")
        for job in map(json.loads, lines):
            if job["call"] == "die before":
                sys.exit(3)
            report(event="start", id=job["id"])
            report(event="done", id=job["id"], **outcome(job))


def outcome(job: dict[str, object]) -> dict[str, object]:
    call = str(job["call"])
    if call == "raise":
        return {"error": "TypeError: no"}
    if call == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if call == "exit":
        os._exit(7)
    if call == "hang":
        time.sleep(60)
    if job["reference"] is None:
        return {"maximized": [call == "maximize"] * 3, "grown": 1.0}
    other = {"other": 0.5 if call == "other apart" else 1e-7} if job["copies"] == 4 else {}
    if job["double"]:
        noise = {"base": 0.01 if call == "noisy" else 1e-7, "small": 1e-7, "dead": 1e-7}
        return {**noise, **({"other": 1e-7} if other else {})}
    maximized = job["maximized"]
    assert isinstance(maximized, list)
    base = None if call == "infinite" else 0.5 if call == "diverge" or maximized[0] else 1e-7
    return {"base": base, "small": 1e-7, "dead": 0.0, "frozen": call == "frozen", **other}


if __name__ == "__main__":
    main()
