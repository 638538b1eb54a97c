"""Where cases run: in this process, on local processes, on a dask or on a ray cluster.

Local processes and dask are joblib's backends. Ray's own tasks are used as they are: its pool for
joblib gives nothing back before all is done, and does not outlive a worker.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

from planner.errors import PlannerError

ENGINES = ("serial", "local", "dask", "ray")
LOSSES = 3
"""Times that a case may be under way when its worker is lost, before it counts as failed."""

Task = TypeVar("Task")
Done = TypeVar("Done")


@dataclass(frozen=True)
class Engine:
    """Where cases run.

    Attributes
    ----------
    name : str
        One of `ENGINES`.
    workers : int
        Cases at a time.
    address : str
        Address of a running dask scheduler or ray cluster; empty: one is started here.
    """

    name: str = "local"
    workers: int = 1
    address: str = ""


def run_all(
    engine: Engine, work: Callable[[Task], Done], tasks: Sequence[Task],
    lost: Callable[[Task], Done],
) -> Iterator[Done]:  # fmt: skip
    """Run tasks and yield what they give as they finish, in any order.

    A worker that dies takes its tasks with it; they run again. One that is under way `LOSSES`
    times when a worker dies is given up.

    Parameters
    ----------
    engine
        Where.
    work
        Runs a task; must not raise. Its result has an attribute or key that tells the task.
    tasks
        The tasks.
    lost
        Gives the result of a task that is given up.

    Raises
    ------
    PlannerError
        If the engine is not installed or cannot be reached.
    """
    if engine.name == "serial":
        yield from map(work, tasks)
        return
    if engine.name == "ray":
        with _cluster(engine):
            yield from _on_ray(engine, work, tasks, lost)
        return
    left = dict(enumerate(tasks))
    losses = dict.fromkeys(left, 0)
    with _backend(engine):
        while left:
            try:
                for number, done in _pass(engine, work, left):
                    del left[number]
                    yield done
            except ImportError as error:
                raise _unable(engine, error) from error
            except _worker_losses() as error:
                under_way = list(left)[: 2 * engine.workers]
                for number in under_way:
                    losses[number] += 1
                    if losses[number] >= LOSSES:
                        yield lost(left.pop(number))
                if not under_way:
                    raise PlannerError(f"the engine {engine.name} stopped: {error}") from error


def _pass(
    engine: Engine, work: Callable[[Task], Done], left: dict[int, Task]
) -> Iterator[tuple[int, Done]]:
    """Run what is left, a case to a worker at a time, and yield numbers and results."""
    from joblib import Parallel, delayed  # noqa: PLC0415  (only sweeps need it)

    calls = (delayed(_numbered)(work, number, task) for number, task in list(left.items()))
    parallel = Parallel(n_jobs=engine.workers, batch_size=1, pre_dispatch=2 * engine.workers,
                        return_as="generator_unordered")  # fmt: skip
    yield from parallel(calls)


def _on_ray(
    engine: Engine, work: Callable[[Task], Done], tasks: Sequence[Task],
    lost: Callable[[Task], Done],
) -> Iterator[Done]:  # fmt: skip
    """Run tasks on a ray cluster, which runs those of a lost worker again by itself."""
    import ray  # noqa: PLC0415
    from ray.exceptions import RayError, RayTaskError  # noqa: PLC0415

    remote = ray.remote(num_cpus=1, max_retries=LOSSES - 1)(work)
    waiting = list(reversed(tasks))
    under_way: dict[Any, Task] = {}
    while waiting or under_way:
        while waiting and len(under_way) < 2 * engine.workers:
            task = waiting.pop()
            under_way[remote.remote(task)] = task
        ready, _ = ray.wait(list(under_way), num_returns=1)
        for reference in ready:
            task = under_way.pop(reference)
            try:
                yield ray.get(reference)
            except RayTaskError as error:
                raise _unable(engine, error) from error
            except RayError:
                yield lost(task)


def _unable(engine: Engine, error: Exception) -> PlannerError:
    return PlannerError(
        f"workers of the engine {engine.name} cannot run cases. Install the same planner on each "
        f"of them: {str(error).strip().splitlines()[-1]}"
    )


def _numbered(work: Callable[[Task], Done], number: int, task: Task) -> tuple[int, Done]:
    return number, work(task)


def _worker_losses() -> tuple[type[BaseException], ...]:
    """Return the errors with which an engine says that a worker was lost."""
    from joblib.externals.loky.process_executor import (  # noqa: PLC0415
        BrokenProcessPool,
        TerminatedWorkerError,
    )

    found: list[type[BaseException]] = [BrokenProcessPool, TerminatedWorkerError]
    try:
        from distributed.scheduler import KilledWorker  # noqa: PLC0415

        found.append(KilledWorker)
    except ImportError:
        pass
    return tuple(found)


@contextmanager
def _backend(engine: Engine) -> Iterator[None]:
    """Set joblib's backend, with a cluster of its own where no address is given."""
    import joblib  # noqa: PLC0415

    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    with _cluster(engine):
        if engine.name == "local":
            with joblib.parallel_config(backend="loky", inner_max_num_threads=1):
                yield
        else:
            with joblib.parallel_config(backend=engine.name):
                yield


def _cluster(engine: Engine) -> AbstractContextManager[Any]:
    """Return the cluster of an engine, or nothing for local processes."""
    if engine.name == "local":
        return nullcontext()
    try:
        return _dask(engine) if engine.name == "dask" else _ray(engine)
    except ImportError:
        raise PlannerError(
            f"the engine {engine.name} is not installed. Install it: "
            f"pip install 'megawatt-planner[{engine.name}]'"
        ) from None


def _dask(engine: Engine) -> AbstractContextManager[Any]:
    from distributed import Client, LocalCluster  # noqa: PLC0415

    if engine.address:
        return _reached(engine, lambda: Client(engine.address, timeout="10s"))
    return _own_dask(engine, Client, LocalCluster)


@contextmanager
def _own_dask(engine: Engine, client: Any, cluster: Any) -> Iterator[None]:
    with (
        cluster(n_workers=engine.workers, threads_per_worker=1, dashboard_address=None) as own,
        client(own),
    ):
        yield


@contextmanager
def _ray(engine: Engine) -> Iterator[None]:
    import ray  # noqa: PLC0415

    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    started = not ray.is_initialized()
    if started and engine.address:
        ray.init(address=engine.address, **options)
    elif started:
        ray.init(num_cpus=engine.workers, include_dashboard=False, **options)
    try:
        yield
    finally:
        if started:
            ray.shutdown()


def _reached(engine: Engine, connect: Callable[[], Any]) -> AbstractContextManager[Any]:
    try:
        found: AbstractContextManager[Any] = connect()
        return found
    except (OSError, TimeoutError, ValueError) as error:
        raise PlannerError(f"cannot reach {engine.name} at {engine.address}: {error}") from error
