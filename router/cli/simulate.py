"""`switchyard simulate`: try ways to run a pool on simulated weeks, and compare what comes of them."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from router.cli.options import given
from router.cli.printing.progress import progress_bar
from router.cli.printing.simulation import print_comparison
from router.cli.printing.tables import AsJson, print_json
from router.cli.session import PoolOption, run_in_pool
from router.core.charts.drawing import Drawing
from router.core.charts.png import to_png
from router.core.charts.svg import to_svg
from router.core.errors import InvalidField
from router.core.field_rules import check_range
from router.core.simulation.comparison import PolicyResult, compare
from router.core.simulation.picture import draw_comparison
from router.core.simulation.policy import USUAL, Policy, read_policies
from router.core.simulation.scenario import MAX_SEEDS, Scenario, check_scenario
from router.schemas.simulation import SimulationAnswer
from router.services.simulation import OnProgress, run_policies

_MAX_SEED = 2**31 - 1
_MAX_JOBS = 256
_USUAL_PEAK = 5.0

Picture = Annotated[Path | None, typer.Option(dir_okay=False, help="Draw the comparison into this file.")]
Days = Annotated[int, typer.Option(help="How long it lasts.")]


def simulate(
    pool: PoolOption = None,
    *,
    from_history: Annotated[
        bool, typer.Option("--from-history", help="Begin with the pool's own lines, people and traffic.")
    ] = False,
    lines: Annotated[int | None, typer.Option(help="Lines that the people just fill, without a reserve.  [10]")] = None,
    days: Days = 28,
    seeds: Annotated[int, typer.Option(help="How many times, each with other luck.")] = 20,
    seed: Annotated[int, typer.Option(help="The first of them.")] = 1,
    policies: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            help="spare-N for N % more lines, even, random, or no-warm-up. May be repeated.  [all usual ones]",
        ),
    ] = None,
    against: Annotated[str | None, typer.Option(help="The policy to compare with.  [spare-15]")] = None,
    people: Annotated[int | None, typer.Option(help="How many there are at the beginning.")] = None,
    signups_per_day: Annotated[float | None, typer.Option(help="On a usual day.  [as many as leave]")] = None,
    conversion: Annotated[float | None, typer.Option(help="The share of signups who text.  [0.8]")] = None,
    stay_days: Annotated[float | None, typer.Option(help="How long people stay, on average.  [90]")] = None,
    messages_per_person: Annotated[float | None, typer.Option(help="Of a person and day.  [10]")] = None,
    peak_factor: Annotated[float, typer.Option(help="Signups on the viral day; 1 for no such day.")] = _USUAL_PEAK,
    peak_day: Annotated[int | None, typer.Option(help="Which day that is, from 1.  [in the middle]")] = None,
    flags_per_line_year: Annotated[
        float | None, typer.Option(help="Of a line that does nothing of what flags lines.  [2]")
    ] = None,
    down_hours: Annotated[float | None, typer.Option(help="How long a flag lasts, the median.  [24]")] = None,
    react: Annotated[float | None, typer.Option(help="The share of people who follow a prompt.  [0.6]")] = None,
    svg: Picture = None,
    png: Picture = None,
    jobs: Annotated[int | None, typer.Option(help="Processes to use.  [one for each processor]")] = None,
    as_json: AsJson = False,
) -> None:
    """Simulate weeks of a pool: which spare room, rotation and warm-up serve people best."""
    check_range("seeds", seeds, 1, MAX_SEEDS)
    check_range("seed", seed, 0, _MAX_SEED)
    count = (os.cpu_count() or 1) if jobs is None else jobs
    check_range("jobs", count, 1, _MAX_JOBS)
    check_range("days", days, 1, 3660)
    named = policies or []
    read_policies(named)  # before anything is read or run
    wanted: dict[str, Any] = given(
        lines=lines,
        people=people,
        signups_per_day=signups_per_day,
        conversion=conversion,
        stay_days=stay_days,
        messages_per_person=messages_per_person,
        flags_per_line_year=flags_per_line_year,
        down_hours=down_hours,
        react=react,
    )
    _check_pictures(svg, png)
    usual = replace(Scenario(), days=days, peak_factor=peak_factor, peak_day=_peak_day(days, peak_factor, peak_day))
    if from_history:
        scenario = _begin_with(pool, usual, wanted)
    else:
        if pool is not None:
            raise InvalidField("--pool", "it is only read with --from-history; add that, or leave --pool out")
        scenario = replace(usual, **wanted)
    check_scenario(scenario)
    chosen = read_policies(named, usual=scenario.pool.over_provisioning)
    compared = _compared(chosen, against)
    numbers = range(seed, seed + seeds)
    results = _run(scenario, chosen, numbers, jobs=count, against=compared)
    _draw(results, scenario, seeds, svg, png)
    if as_json:
        print_json(SimulationAnswer.of(scenario, results, seeds=numbers, against=compared))
    else:
        print_comparison(scenario, results, seeds=seeds, against=compared)


def _begin_with(pool: str | None, usual: Scenario, wanted: Mapping[str, Any]) -> Scenario:
    if "lines" in wanted:
        raise InvalidField("--lines", "with --from-history the lines are the pool's own; leave it out")
    began = run_in_pool(pool, lambda gateway, pool_id: gateway.capacity.history(pool_id, usual))
    return replace(began, **wanted)


def _peak_day(days: int, factor: float, day: int | None) -> int | None:
    """Return the viral day, counted from 0."""
    if day is not None:
        check_range("peak_day", day, 1, days)
        return day - 1
    return None if factor == 1 else days // 2


def _compared(policies: Sequence[Policy], against: str | None) -> str:
    names = [policy.name for policy in policies]
    if against is None:
        return USUAL if USUAL in names else names[0]
    if against not in names:
        raise InvalidField("--against", f"{against[:40]!r} is not among {', '.join(names)}")
    return against


def _run(
    scenario: Scenario, policies: Sequence[Policy], seeds: Sequence[int], *, jobs: int, against: str
) -> tuple[PolicyResult, ...]:
    bar: AbstractContextManager[OnProgress] = progress_bar("Simulating")
    with bar as on_progress:
        return compare(run_policies(scenario, policies, seeds, jobs=jobs, on_progress=on_progress), against=against)


def _check_pictures(*files: Path | None) -> None:
    """Refuse a file that cannot be written, before a long run and not after it."""
    for file in files:
        if file is not None and not file.parent.is_dir():
            raise InvalidField("--svg" if file == files[0] else "--png", f"there is no folder {str(file.parent)!r}")


def _draw(results: Sequence[PolicyResult], scenario: Scenario, seeds: int, svg: Path | None, png: Path | None) -> None:
    title = f"{scenario.people_at_start:,} people on {scenario.lines} lines and more, {scenario.days} days"
    drawing = draw_comparison(results, title=title, subtitle=f"Mean of {seeds} runs with its 95 % interval")
    writers: tuple[tuple[Path | None, Callable[[Drawing], bytes]], ...] = (
        (svg, lambda shapes: to_svg(shapes).encode()),
        (png, to_png),
    )
    for file, write in writers:
        if file is not None:
            try:
                file.write_bytes(write(drawing))
            except OSError as fault:
                raise InvalidField("picture", f"{file} cannot be written: {fault.strerror}") from fault
