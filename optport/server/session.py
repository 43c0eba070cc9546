"""When things are checked: a little after the last change, the newest text only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from typing import TypeVar

from optport.lean import dataclass
from optport.server.analysis import Analysis
from optport.server.opened import Desk, Opened

QUIET = 0.15
"""Seconds without a change before a check begins."""
_WORKERS = 2

Result = TypeVar("Result")


@dataclass(slots=True)
class _Watch:
    """The check of one document or notebook that is under way, or about to be."""

    due: float
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Session:
    """Checks what is open on a desk and publishes what it found.

    `check` returns the work that a thread is to do, and is called as the others are: on the event
    loop.
    """

    def __init__(
        self,
        desk: Desk,
        check: Callable[[Opened], Callable[[], Analysis]],
        publish: Callable[[Analysis], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._desk = desk
        self._check = check
        self._publish = publish
        self._failed = failed
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="optport")
        self._watches: dict[str, _Watch] = {}
        self._known: dict[str, Analysis] = {}

    def changed(self, uri: str, quiet: float = QUIET) -> None:
        """Have something checked once it has not changed for `quiet` seconds."""
        due = asyncio.get_running_loop().time() + quiet
        watch = self._watches.get(uri)
        if watch is not None:
            watch.due = due
            return
        watch = self._watches[uri] = _Watch(due)
        watch.task = asyncio.get_running_loop().create_task(self._follow(uri, watch))

    def closed(self, uri: str) -> None:
        """Forget what was found in something that is no longer open."""
        self._known.pop(uri, None)

    async def analysis(self, uri: str) -> Analysis | None:
        """Return what a check of the present text finds, checking it at once if need be."""
        opened = self._desk.get(uri)
        if opened is None:
            return None
        known = self._known.get(uri)
        if known is not None and known.opened.revision == opened.revision:
            return known
        if uri not in self._watches:
            self.changed(uri, 0)
        watch = self._watches[uri]
        watch.hurry.set()
        assert watch.task is not None
        await asyncio.shield(watch.task)
        known = self._known.get(uri)
        return known if known and known.opened.revision >= opened.revision else None

    async def beside(self, work: Callable[[], Result]) -> Result:
        """Run something beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def end(self) -> None:
        """Take no more work."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _follow(self, uri: str, watch: _Watch) -> None:
        try:
            while await self._checked_anew(uri, watch):
                pass
        except Exception as error:  # one document's trouble is not the others'
            self._failed(error)
        finally:
            del self._watches[uri]

    async def _checked_anew(self, uri: str, watch: _Watch) -> bool:
        """Check once; return whether it has changed meanwhile, so that the result was dropped."""
        await _until_due(watch)
        opened = self._desk.get(uri)
        if opened is None:
            return False
        analysis = await self.beside(self._check(opened))
        now = self._desk.get(uri)
        if now is None:
            return False
        if now.revision != opened.revision:
            return True
        self._known[uri] = analysis
        self._publish(analysis)
        return False


async def _until_due(watch: _Watch) -> None:
    loop = asyncio.get_running_loop()
    while not watch.hurry.is_set():
        left = watch.due - loop.time()
        if left <= 0:
            return
        try:
            await asyncio.wait_for(watch.hurry.wait(), left)
        except TimeoutError:
            continue
    watch.hurry.clear()
