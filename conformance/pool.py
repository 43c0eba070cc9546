"""Keeps a worker process running through a list of jobs, whatever single jobs do to it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

_POLL_SECONDS: Final = 0.05


class WorkerFailure(RuntimeError):
    """A worker died or hung before its first job, so that no job can run at all."""


@dataclass(frozen=True)
class Outcome:
    """What became of one job.

    Attributes:
        id: the job's.
        values: what the worker reported: on torch's side ``noise``, ``maximized`` and ``digest``,
            else the figures of a :class:`conformance.cases.Result`. Empty with an error.
        error: one line if the job raised, hung or took the process down.
    """

    id: str
    values: dict[str, Any]
    error: str | None


def run_jobs(
    python: Path,
    module: str,
    jobs: Sequence[Any],
    workdir: Path,
    *,
    timeout: float,
    start_timeout: float,
) -> Iterator[Outcome]:
    """Runs ``jobs`` with ``python -m module`` and yields an outcome for each, in order.

    A job that runs longer than ``timeout`` seconds or ends the process costs only itself. Files
    go to ``workdir``. Raises WorkerFailure when the worker is not ready within ``start_timeout``
    seconds or ends before it.
    """
    remaining = list(jobs)
    attempt = 0
    while remaining:
        attempt += 1
        before = len(remaining)
        for outcome in _run_once(
            python, module, remaining, workdir / f"{module}-{attempt}", timeout, start_timeout
        ):
            remaining = remaining[1:]
            yield outcome
        if len(remaining) == before:
            raise WorkerFailure(f"{module} ended between two cases, without one to blame")


def _run_once(
    python: Path,
    module: str,
    jobs: list[Any],
    stem: Path,
    timeout: float,
    start_timeout: float,
) -> Iterator[Outcome]:
    job_file = stem.with_name(stem.name + ".jobs.jsonl")
    event_file = stem.with_name(stem.name + ".events.jsonl")
    log_file = stem.with_name(stem.name + ".log")
    job_file.write_text("".join(json.dumps(asdict(job)) + "\n" for job in jobs), encoding="utf-8")
    event_file.touch()
    with log_file.open("wb") as log, event_file.open("r", encoding="utf-8") as events:
        process = subprocess.Popen(
            [str(python), "-m", module, str(job_file), str(event_file)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_environment(),
            cwd=stem.parent,
            start_new_session=True,
        )
        try:
            yield from _follow(process, events, log_file, timeout, start_timeout)
        finally:
            _end(process)


def _follow(
    process: subprocess.Popen[bytes],
    events: Any,
    log_file: Path,
    timeout: float,
    start_timeout: float,
) -> Iterator[Outcome]:
    ready = False
    running: str | None = None
    deadline = time.monotonic() + start_timeout
    partial = ""
    while True:
        ended = process.poll() is not None
        # Read after poll(): what the process wrote before it ended is then there.
        partial += events.read()
        *lines, partial = partial.split("\n")
        for line in lines:
            event = json.loads(line)
            if event["event"] == "ready":
                ready = True
            elif event["event"] == "start":
                running = event["id"]
            else:
                running = None
                error = event.pop("error", None)
                values = {k: v for k, v in event.items() if k not in ("event", "id")}
                yield Outcome(event["id"], values, error)
            deadline = time.monotonic() + timeout
        if ended:
            if running is not None:
                yield Outcome(running, {}, f"the process ended with {_reason(process)}")
            elif not ready:
                raise WorkerFailure(
                    f"the worker ended with {_reason(process)} before its first case:\n"
                    + _tail(log_file)
                )
            return
        if time.monotonic() > deadline:
            if not ready:
                raise WorkerFailure(
                    f"the worker was not ready after {start_timeout:g} seconds:\n" + _tail(log_file)
                )
            if running is not None:
                yield Outcome(running, {}, f"not finished after {timeout:g} seconds")
            return
        time.sleep(_POLL_SECONDS)


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    # The worker's interpreter does not have this package installed.
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent)
    environment["PYTHONNOUSERSITE"] = "1"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    # Matrices of four rows: more threads only get in each other's way.
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environment[variable] = "1"
    environment.setdefault("GLOG_v", "3")
    return environment


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        # The whole session: frameworks may have started helpers of their own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _reason(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    if code < 0:
        try:
            return f"signal {signal.Signals(-code).name}"
        except ValueError:
            return f"signal {-code}"
    return f"exit status {code}"


def _tail(log_file: Path, lines: int = 15) -> str:
    text = log_file.read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])
