"""A conformance worker without a framework: each job's call says what is to happen.

``-m conformance.worker FRAMEWORK FD`` as the driver starts it.
"""

import os
import signal
import sys
import time

from conformance.jobs import serve

OFF = {"1": 1e-7, "zero": 0.0, "1e-2": 1e-7, "1e-4": 1e-7, "1e-6": 0.5, "replay": 1e-7}


def main() -> None:
    if os.environ.get("FAKE_WORKER") == "no start":
        sys.exit("cannot import the framework")
    serve(lambda: lambda job: outcome(job["call"], job["maximized"]))


def outcome(call: str, maximized: list[list[bool]]) -> dict[str, object]:
    # torch.optim.raise(params) and paddle.raise() both ask for "raise".
    asked = call.partition("(")[0].rpartition(".")[2]
    if asked == "raise":
        return {"error": "TypeError: no"}
    if asked == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if asked == "exit":
        os._exit(7)
    if asked == "hang":
        time.sleep(60)
    if sys.argv[-2] == "torch":
        noise = OFF | ({"1": 0.01} if asked == "noisy" else {})
        return {"noise": noise, "maximized": [[asked == "maximize"]], "digest": asked}
    off: dict[str, float | None] = dict(OFF)
    if asked in ("diverge", "noisy") or maximized == [[True]]:
        off["1"] = 0.02
    elif asked == "apart":
        off["1e-4"] = 0.06
    elif asked == "close":
        off["1e-4"] = 0.01
    elif asked == "infinite":
        off["1"] = None
    return {"off": off, "frozen": asked == "frozen"}


if __name__ == "__main__":
    main()
