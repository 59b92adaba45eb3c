"""What the tests of threads, workers and jobs share: a supervisor that ends everything, a broker, a worker, a queue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workbench.broker import Broker
from workbench.jobs import JobQueue
from workbench.supervisor import Supervisor
from workbench.workers import Worker


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor()
    yield made
    assert made.shutdown(5.0) == []


@pytest.fixture
def broker() -> Broker:
    return Broker(threads=4, memory={"cpu": 1 << 30})


@pytest.fixture
def worker(broker: Broker) -> Iterator[Worker]:
    made = Worker("tested", broker)
    made.start()
    yield made
    made.close()


@pytest.fixture
def jobs(qtbot, supervisor: Supervisor, broker: Broker) -> Iterator[JobQueue]:
    queue = JobQueue(supervisor, broker=broker, workers=1)
    yield queue
    supervisor.shutdown(5.0)
    queue.close()
