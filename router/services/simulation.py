"""Run simulations of several policies over several seeds, on all processors, and report how far it is."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context

from router.core.simulation.outcome import RunOutcome
from router.core.simulation.policy import Policy
from router.core.simulation.scenario import Scenario
from router.core.simulation.simulated_pool import simulate

# A process takes about a second to start. Below this many days of lines in all, that would be most of the time.
_WORTH_A_PROCESS = 2_000

OnProgress = Callable[[int, int], None]
"""Receives how many runs are done, and how many there are."""


def run_policies(
    scenario: Scenario, policies: Sequence[Policy], seeds: Sequence[int], *, jobs: int, on_progress: OnProgress
) -> Mapping[str, tuple[RunOutcome, ...]]:
    """Return the outcomes of each policy, in the order of the seeds; they do not depend on `jobs`.

    Raises:
        InvalidField: the scenario makes no sense.
    """
    runs = list(product(policies, seeds))
    work = len(runs) * scenario.days * max(scenario.lines, len(scenario.start))
    outcomes = (_run_here if jobs == 1 or work < _WORTH_A_PROCESS else _run_apart)(scenario, runs, jobs, on_progress)
    count = len(seeds)
    return {policy.name: tuple(outcomes[index * count : (index + 1) * count]) for index, policy in enumerate(policies)}


def _run_here(
    scenario: Scenario, runs: Sequence[tuple[Policy, int]], _jobs: int, on_progress: OnProgress
) -> list[RunOutcome]:
    outcomes: list[RunOutcome] = []
    for policy, seed in runs:
        outcomes.append(simulate(scenario, policy, seed))
        on_progress(len(outcomes), len(runs))
    return outcomes


def _run_apart(
    scenario: Scenario, runs: Sequence[tuple[Policy, int]], jobs: int, on_progress: OnProgress
) -> list[RunOutcome]:
    done = 0

    def count(_future: Future[RunOutcome]) -> None:
        nonlocal done
        done += 1
        on_progress(done, len(runs))

    with ProcessPoolExecutor(min(jobs, len(runs)), mp_context=get_context("spawn")) as processes:
        futures = [processes.submit(simulate, scenario, policy, seed) for policy, seed in runs]
        for future in futures:
            future.add_done_callback(count)
        try:
            return [future.result() for future in futures]
        except BaseException:  # a fault, or Ctrl+C: do not finish the others first
            processes.shutdown(wait=False, cancel_futures=True)
            raise
