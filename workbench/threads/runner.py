"""One thread of the job queue and the worker process it drives: spawned by it, kept warm, replaced when lost."""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import Protocol

from engines.core.errors import Cancelled, WorkerLost
from engines.core.words import tr
from workbench.threads.engine_thread import EngineThread
from workbench.work.broker import Broker
from workbench.work.job_store import JobRecord
from workbench.work.workers import Listener, Worker

log = logging.getLogger(__name__)

PATIENCE = 3
"""Workers lost in a row while idle before the next one is only spawned for a job."""


class Jobs(Protocol):
    """The side of the job queue that its runners see; every method may be called from their threads."""

    def next_job(self) -> JobRecord | None: ...
    def is_unwanted(self, id: int) -> bool: ...
    def job_progress(self, id: int, done: float, total: float, note: str) -> None: ...
    def job_note(self, id: int, note: str) -> None: ...
    def job_event(self, id: int, key: str, event: object) -> None: ...
    def job_done(self, id: int, result: object, text: str) -> None: ...
    def job_failed(self, id: int, error: BaseException) -> None: ...


class Runner(EngineThread):
    """Takes jobs from the queue until it is asked to stop."""

    def __init__(self, name: str, jobs: Jobs, broker: Broker, preload: tuple[str, ...], warm_after: float) -> None:
        """`warm_after`: quiet seconds before a worker is spawned that no job asked for."""
        super().__init__(name)
        self._warm_after = warm_after
        self._jobs = jobs
        self._broker = broker
        self._preload = preload
        self._news = threading.Condition()
        self._rung = False
        self._worker: Worker | None = None
        self._running: int | None = None
        self._losses = 0

    def ring(self) -> None:
        """There may be a job; any thread."""
        with self._news:
            self._rung = True
            self._news.notify_all()
            worker = self._worker
        if worker is not None:
            worker.ring()

    def cancel(self, id: int) -> None:
        """Cancel the job of this number if it is the one that runs here; any thread."""
        with self._news:
            if self._running == id and self._worker is not None:
                self._worker.cancel()

    def request_stop(self) -> None:
        super().request_stop()
        with self._news:
            worker = self._worker
        if worker is not None:
            worker.request_stop()
        self.ring()

    def where(self) -> str:
        with self._news:
            worker = self._worker
        return super().where() if worker is None else f"{super().where()}{worker.where()}"

    def work(self) -> None:
        try:
            while not self.stopping:
                record = self._jobs.next_job()
                if record is not None:
                    self._run(record)
                else:
                    self._idle()
        finally:
            self._drop()

    def _idle(self) -> None:
        """Until rung: with a warm worker, hear it; without one, get it warm when it has been quiet for a while."""
        if self._worker is None and self._news_within(self._warm_after if self._losses < PATIENCE else None):
            return
        try:
            worker = self._warm()
            with self._news:
                rung, self._rung = self._rung, False
            if not rung:
                worker.serve()
        except WorkerLost:
            self._losses += 1
            self._drop()

    def _news_within(self, seconds: float | None) -> bool:
        """Wait for a ring or a stop."""
        with self._news:
            there = self._news.wait_for(lambda: self._rung or self.stopping, seconds)
            self._rung = False
        return there

    def _run(self, record: JobRecord) -> None:
        id, jobs = record.id, self._jobs
        try:
            worker = self._warm(id)
            result = worker.call(
                "run",
                (record.job, record.spec),
                title=record.title,
                listener=Listener(*(partial(tell, id) for tell in (jobs.job_progress, jobs.job_event, jobs.job_note))),
                unwanted=lambda: self._jobs.is_unwanted(id),
            )
        except Exception as error:
            ended = isinstance(error, Cancelled) and self.stopping
            self._jobs.job_failed(id, Cancelled(tr("The window was closed")) if ended else error)
        else:
            self._jobs.job_done(id, result, worker.json)
            self._losses = 0
        finally:
            with self._news:
                self._running = None
            if self._worker is not None and not self._worker.alive:
                self._drop()

    def _warm(self, id: int | None = None) -> Worker:
        """The worker, spawned when there is none; from now on it runs job `id`."""
        if self._worker is None:
            worker = Worker(self.name, self._broker, self._preload)
            worker.start()
            with self._news:
                self._worker = worker
        if self.stopping:
            raise Cancelled
        with self._news:
            self._running = id
        return self._worker

    def _drop(self) -> None:
        with self._news:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()
