"""Keeps a worker process running through a list of jobs, whatever single jobs do to it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from conformance.environments import Version, interpreter
from conformance.jobs import Job, Program

#: Seconds that a framework may take to load.
START_TIMEOUT: Final = 300.0


class WorkerFailure(RuntimeError):
    """A worker died or hung before its first job, so that no job can run at all."""


@dataclass(frozen=True)
class Outcome:
    """What became of one job.

    Attributes:
        values: what the worker reported: on torch's side ``noise``, ``maximized`` and ``digest``,
            else the figures of a :class:`conformance.cases.Result`, or the ``result`` of a program.
            Empty with an error.
        error: one line if the job raised, hung or took the process down.
    """

    values: dict[str, Any]
    error: str | None

    @property
    def result(self) -> Any:
        """What a program left in `result`; None with an error."""
        return self.values.get("result")


def run_jobs(
    jobs: Iterable[Job | Program],
    version: Version,
    cache: Path,
    *,
    timeout: float,
    start_timeout: float = START_TIMEOUT,
) -> Iterator[Outcome]:
    """Runs ``jobs`` with a framework in one process and yields an outcome for each, in order.

    A job that runs longer than ``timeout`` seconds or ends the process costs only itself. Raises
    EnvironmentFailure when pip fails, WorkerFailure when the framework is not loaded within
    ``start_timeout`` seconds or ends the process before.
    """
    worker: _Worker | None = None
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        try:
            for job in jobs:
                if worker is None:
                    python = interpreter(version, cache)
                    worker = _Worker(python, version.framework, Path(folder), start_timeout)
                try:
                    values = worker.answer(job, timeout)
                    yield Outcome(values, values.pop("error", None))
                except _Ended as ended:
                    worker.end()
                    worker = None
                    yield Outcome({}, str(ended))
        finally:
            if worker is not None:
                worker.end()


class _Ended(Exception):
    """A worker gives no answer any more; the message says why."""


class _Worker:
    """A process that answers one job after the other."""

    def __init__(self, python: Path, framework: str, folder: Path, timeout: float) -> None:
        """Start it, and wait until the framework is loaded."""
        self._socket, theirs = socket.socketpair()
        self._answers = self._socket.makefile("r", encoding="utf-8")
        said = folder / "said.log"
        with said.open("wb") as log, theirs:
            self._process = subprocess.Popen(
                [str(python), "-m", "conformance.worker", framework, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(),
                cwd=folder,
                start_new_session=True,
                pass_fds=[theirs.fileno()],
            )
        try:
            self.answer(None, timeout)
        except _Ended as ended:
            self.end()
            last = said.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
            message = f"the worker does not get to its first case: {ended}"
            raise WorkerFailure("\n".join([message, *last])) from None

    def answer(self, job: Job | Program | None, timeout: float) -> dict[str, Any]:
        """Send a job, if any; returns what comes back. Raises _Ended when nothing does."""
        self._socket.settimeout(timeout)
        try:
            if job is not None:
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
    # Matrices of four rows: more threads only get in each other's way.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    # The worker's interpreter does not have this package installed.
    alone = {"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PYTHONNOUSERSITE": "1"}
    quiet = {"GLOG_v": "3", **os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return quiet | threads | alone
