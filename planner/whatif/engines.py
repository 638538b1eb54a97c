"""Engines that run cases: this process, local processes, a dask or a ray cluster.

Local processes use joblib. Dask and ray are used directly, because they rerun the tasks of a lost
worker, which joblib pools on top of them do not survive.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from planner.errors import PlannerError

ENGINES = ("serial", "local", "dask", "ray")
LOSSES = 3
"""Number of lost workers after which a case counts as failed."""

ORPHANED = 0.5
"""Interval in seconds at which a worker checks that the sweep is alive."""

AHEAD = 2
"""Queued cases per worker."""

Task = TypeVar("Task")
Done = TypeVar("Done")


@dataclass(frozen=True)
class Engine:
    """The engine that runs cases.

    Attributes
    ----------
    name : str
        One of `ENGINES`.
    workers : int
        Number of parallel cases.
    address : str
        Address of a running dask scheduler or ray cluster; empty to start one here.
    """

    name: str = "local"
    workers: int = 1
    address: str = ""


def run_all(
    engine: Engine,
    work: Callable[[Task], Done],
    tasks: Sequence[Task],
    lost: Callable[[Task], Done],
) -> Iterator[Done]:
    """Run tasks and yield their results as they finish, in any order.

    Tasks of a worker that dies run again. A task that loses its worker `LOSSES` times is given up.

    Parameters
    ----------
    engine
        Where.
    work
        Runs a task; must not raise.
    tasks
        The tasks.
    lost
        Returns the result of a task that is given up.

    Raises
    ------
    PlannerError
        If the engine is not installed, cannot be reached or cannot run the planner.
    """
    if not tasks:
        return
    # Workers inherit these: cases run side by side, each on one thread.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if engine.name == "serial":
        yield from map(work, tasks)
        return
    try:
        runs = {"local": _on_processes, "dask": _on_dask, "ray": _on_ray}[engine.name]
        yield from runs(engine, work, tasks, lost)
    except ImportError as error:
        if error.name in ("dask", "distributed", "ray") and error.path is None:
            raise PlannerError(
                f"the engine {engine.name} is not installed. Install it: "
                f"pip install 'megawatt-planner[{engine.name}]'"
            ) from None
        raise _unable(engine, error) from error


def _on_processes(
    engine: Engine,
    work: Callable[[Task], Done],
    tasks: Sequence[Task],
    lost: Callable[[Task], Done],
) -> Iterator[Done]:
    """Run tasks on local processes; a lost process ends the pool, which is then restarted."""
    from joblib import Parallel, delayed, parallel_config  # noqa: PLC0415  (only sweeps need it)
    from joblib.externals.loky.process_executor import (  # noqa: PLC0415
        BrokenProcessPool,
        TerminatedWorkerError,
    )

    left = dict(enumerate(tasks))
    losses = dict.fromkeys(left, 0)
    while left:
        calls = (
            delayed(_numbered)(os.getpid(), work, number, task)
            for number, task in list(left.items())
        )
        try:
            with parallel_config(backend="loky", inner_max_num_threads=1):
                pool = Parallel(
                    n_jobs=engine.workers,
                    batch_size=1,
                    pre_dispatch=AHEAD * engine.workers,
                    return_as="generator_unordered",
                )
                for number, done in pool(calls):
                    del left[number]
                    yield done
        except (BrokenProcessPool, TerminatedWorkerError):
            # joblib does not report which task killed its worker.
            for number in list(left)[: AHEAD * engine.workers]:
                losses[number] += 1
                if losses[number] >= LOSSES:
                    yield lost(left.pop(number))


def _numbered(
    parent: int, work: Callable[[Task], Done], number: int, task: Task
) -> tuple[int, Done]:
    if os.getpid() != parent:  # with one worker, joblib runs tasks in this process
        _end_with(parent)
    return number, work(task)


@lru_cache(maxsize=1)
def _end_with(parent: int) -> None:
    """End this worker if the sweep is killed, so that it does not go on with queued tasks."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHANED)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _on_dask(
    engine: Engine,
    work: Callable[[Task], Done],
    tasks: Sequence[Task],
    lost: Callable[[Task], Done],
) -> Iterator[Done]:
    """Run tasks on a dask cluster."""
    from distributed import Client, wait  # noqa: PLC0415
    from distributed.scheduler import KilledWorker  # noqa: PLC0415

    with _dask(engine) as client:
        assert isinstance(client, Client)

        def finished(under_way: list[Any]) -> list[Any]:
            return list(wait(under_way, return_when="FIRST_COMPLETED").done)

        yield from _windowed(
            engine,
            tasks,
            lambda task: client.submit(work, task, pure=False),
            finished,
            lambda future: future.result(),
            lost,
            (KilledWorker,),
        )


def _on_ray(
    engine: Engine,
    work: Callable[[Task], Done],
    tasks: Sequence[Task],
    lost: Callable[[Task], Done],
) -> Iterator[Done]:
    """Run tasks on a ray cluster."""
    import ray  # noqa: PLC0415
    from ray.exceptions import RayError, RayTaskError  # noqa: PLC0415

    remote = ray.remote(num_cpus=1, max_retries=LOSSES - 1)(work)

    def result(reference: Any) -> Done:
        try:
            done: Done = ray.get(reference)
        except RayTaskError as error:
            raise _unable(engine, error) from error
        return done

    with _ray(engine):
        yield from _windowed(
            engine,
            tasks,
            remote.remote,
            lambda under_way: ray.wait(under_way)[0],
            result,
            lost,
            (RayError,),
        )


def _windowed(
    engine: Engine,
    tasks: Sequence[Task],
    submit: Callable[[Task], Any],
    finished: Callable[[list[Any]], list[Any]],
    result: Callable[[Any], Done],
    lost: Callable[[Task], Done],
    losses: tuple[type[BaseException], ...],
) -> Iterator[Done]:
    """Submit tasks to a cluster a few at a time, to limit the memory of their payloads."""
    # Taken from the end, in the order of the tasks.
    waiting = list(reversed(tasks))
    under_way: dict[Any, Task] = {}
    while waiting or under_way:
        while waiting and len(under_way) < AHEAD * engine.workers:
            task = waiting.pop()
            under_way[submit(task)] = task
        for reference in finished(list(under_way)):
            task = under_way.pop(reference)
            try:
                yield result(reference)
            except losses:
                yield lost(task)


@contextmanager
def _dask(engine: Engine) -> Iterator[Any]:
    """Return a client of the cluster at the address, or of one started here."""
    import dask  # noqa: PLC0415
    from distributed import Client, LocalCluster  # noqa: PLC0415

    if engine.address:
        try:
            client = Client(engine.address, timeout="10s")
        except (OSError, TimeoutError, ValueError) as error:
            raise _unreachable(engine, error) from error
        with client:
            yield client
        return
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": LOSSES - 1}),
        LocalCluster(
            n_workers=engine.workers, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def _ray(engine: Engine) -> Iterator[None]:
    """Connect to the cluster at the address, or start one here."""
    import ray  # noqa: PLC0415

    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    # A connection that was there before is left open.
    started = not ray.is_initialized()
    if started and engine.address:
        try:
            ray.init(address=engine.address, **options)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise _unreachable(engine, error) from error
    elif started:
        ray.init(num_cpus=engine.workers, include_dashboard=False, **options)
    try:
        yield
    finally:
        if started:
            ray.shutdown()


def _unreachable(engine: Engine, error: Exception) -> PlannerError:
    return PlannerError(f"cannot reach {engine.name} at {engine.address}: {error}")


def _unable(engine: Engine, error: Exception) -> PlannerError:
    said = str(error).strip().splitlines()[-1]
    return PlannerError(
        f"workers of the engine {engine.name} cannot run cases. Install the same planner on each "
        f"of them: {said}"
    )
