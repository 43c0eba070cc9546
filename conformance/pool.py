"""Keeps a worker process running through a list of jobs, whatever single jobs do to it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


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

    A job that runs longer than ``timeout`` seconds or ends the process costs only itself. What
    the process prints goes to ``workdir``. Raises WorkerFailure when the worker is not ready within
    ``start_timeout`` seconds or ends before it.
    """
    worker: _Worker | None = None
    try:
        for job in jobs:
            if worker is None:
                worker = _Worker(python, module, workdir)
                worker.start(job, start_timeout)
            try:
                values = worker.answer(job, timeout)
                error = values.pop("error", None)
            except _Ended as ended:
                values, error = {}, str(ended)
                worker.end()
                worker = None
            yield Outcome(job.id, values, error)
    finally:
        if worker is not None:
            worker.end()


class _Ended(Exception):
    """A worker gives no answer any more; the message says why."""


class _Worker:
    """A process that answers one job after the other."""

    def __init__(self, python: Path, module: str, workdir: Path) -> None:
        self._log = workdir / f"{module}.log"
        self._socket, theirs = socket.socketpair()
        self._answers = self._socket.makefile("r", encoding="utf-8")
        with self._log.open("wb") as log, theirs:
            self._process = subprocess.Popen(
                [str(python), "-m", module, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(),
                cwd=workdir,
                start_new_session=True,
                pass_fds=[theirs.fileno()],
            )

    def start(self, first: Any, timeout: float) -> None:
        """Wait until what the first job needs is loaded."""
        try:
            self.answer(first, timeout)
        except _Ended as ended:
            self.end()
            log = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
            said = [f"the worker does not get to its first case: {ended}", *log[-15:]]
            raise WorkerFailure("\n".join(said)) from None

    def answer(self, job: Any, timeout: float) -> dict[str, Any]:
        """Send a job; returns what comes back. Raises _Ended when nothing does."""
        self._socket.settimeout(timeout)
        try:
            self._socket.sendall(f"{json.dumps(asdict(job))}\n".encode())
            line = self._answers.readline()
        except TimeoutError:
            raise _Ended(f"not finished after {timeout:g} seconds") from None
        except OSError:
            line = ""
        if not line:
            raise _Ended(f"the process ended with {self._reason()}")
        found: dict[str, Any] = json.loads(line)
        return found

    def _reason(self) -> str:
        code = self._process.wait()
        if code >= 0:
            return f"exit status {code}"
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-code).name}"
        return f"signal {-code}"

    def end(self) -> None:
        """End it with its whole session: frameworks may have started helpers of their own."""
        self._answers.close()
        self._socket.close()
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


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
