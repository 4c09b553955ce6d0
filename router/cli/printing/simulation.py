"""Print a comparison of policies: a table with intervals, what differs by more than chance, and bars."""

from collections.abc import Iterator, Sequence

from router.cli.printing.tables import draw_bar, print_facts, print_table
from router.core.simulation.comparison import FIGURES, Figure, PolicyResult
from router.core.simulation.picture import format_figure
from router.core.simulation.scenario import Scenario

_FIGURES = {figure.name: figure for figure in FIGURES}
_BARS = ("utilisation", "waitlisted", "stranded")


def print_comparison(scenario: Scenario, results: Sequence[PolicyResult], *, seeds: int, against: str) -> None:
    """Print what came of the policies."""
    peak = (
        "none" if scenario.peak_day is None else f"day {scenario.peak_day + 1}, {scenario.peak_factor:g} times as many"
    )
    print_facts(
        [
            ("people", f"{scenario.people_at_start} at the beginning, {scenario.signups_a_day:.1f} signups a day"),
            ("lines", f"{len(scenario.start) or scenario.lines}, and more as the policy says"),
            ("days", f"{scenario.days}, {seeds} runs each"),
            ("viral day", peak),
            (
                "flags",
                f"{scenario.flags_per_line_year:g} a line and year, and more by what the provider says flags lines",
            ),
        ]
    )
    print_table(("", *(result.policy for result in results)), [_row(figure, results) for figure in FIGURES])
    print_table(("policy", *(_FIGURES[name].label for name in _BARS)), list(_bars(results)))
    sentences = [sentence for result in results for sentence in _differences(result, against)]
    for sentence in sentences or [f"No policy differs from {against} by more than chance."]:
        print(f"- {sentence}")


def _row(figure: Figure, results: Sequence[PolicyResult]) -> tuple[str, ...]:
    return (figure.label, *(_with_reach(result, figure) for result in results))


def _with_reach(result: PolicyResult, figure: Figure) -> str:
    interval = result.figures[figure.name]
    shown = format_figure(figure, interval.mean)
    if interval.high is None or interval.high == interval.mean:
        return shown
    return f"{shown} ± {format_figure(figure, interval.high - interval.mean)}"


def _bars(results: Sequence[PolicyResult]) -> Iterator[tuple[str, ...]]:
    widest = {name: max(result.figures[name].mean for result in results) for name in _BARS}
    for result in results:
        yield (result.policy, *(draw_bar(result.figures[name].mean, widest[name]) for name in _BARS))


def _differences(result: PolicyResult, against: str) -> Iterator[str]:
    clear = [
        f"{_FIGURES[name].label} {'+' if each.mean > 0 else '−'}{shown}"
        for name, each in result.differences.items()
        if each.is_clear and (shown := format_figure(_FIGURES[name], abs(each.mean))).strip("0.,%")
    ]
    if clear:
        yield f"{result.policy} against {against}: {', '.join(clear)}"
