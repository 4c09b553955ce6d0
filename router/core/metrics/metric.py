"""A metric, its samples, and the text that Prometheus reads (exposition format 0.0.4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

PREFIX = "switchyard_"
CONTENT_TYPE = "text/plain; version=0.0.4"


class MetricKind(StrEnum):
    """How a metric moves. A gauge goes up and down, a counter only up, a histogram counts values by their size."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes:
        name: without `switchyard_`; it ends with its unit, and with `_total` if it is a counter.
        help: one sentence, without line breaks or backslashes.
        labels: the names of its labels, in the order in which a sample gives their values.
    """

    name: str
    kind: MetricKind
    help: str
    labels: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """Its name as Prometheus knows it."""
        return PREFIX + self.name


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a metric; `suffix` and `more` are for the parts of a histogram."""

    metric: Metric
    labels: tuple[str, ...]
    value: float
    suffix: str = ""
    more: str = ""


def histogram_samples(
    metric: Metric, labels: tuple[str, ...], bounds: Sequence[float], counts: Sequence[int], total: float
) -> list[Sample]:
    """Return the samples of one histogram.

    Args:
        metric: a histogram.
        labels: the values of its labels.
        bounds: the upper bound of each bucket but the last, which has none.
        counts: how many values fell into each bucket.
        total: the sum of all values.
    """
    samples, so_far = list[Sample](), 0
    for bound, count in zip([*map(str, bounds), "+Inf"], counts, strict=True):
        so_far += count
        samples.append(Sample(metric, labels, so_far, "_bucket", f'le="{bound}"'))
    return [*samples, Sample(metric, labels, total, "_sum"), Sample(metric, labels, so_far, "_count")]


def render_metrics(metrics: Iterable[Metric], samples: Iterable[Sample]) -> str:
    """Return the text of these metrics, in their order. A metric without a sample has its header alone."""
    lines: Mapping[Metric, list[str]] = {metric: [] for metric in metrics}
    for sample in samples:
        lines[sample.metric].append(_line_of(sample))
    return "".join(
        f"# HELP {metric.full_name} {metric.help}\n# TYPE {metric.full_name} {metric.kind}\n" + "".join(rows)
        for metric, rows in lines.items()
    )


def _line_of(sample: Sample) -> str:
    metric = sample.metric
    pairs = [f'{name}="{_escape(value)}"' for name, value in zip(metric.labels, sample.labels, strict=True)]
    if sample.more:
        pairs.append(sample.more)
    labels = f"{{{','.join(pairs)}}}" if pairs else ""
    return f"{PREFIX}{metric.name}{sample.suffix}{labels} {sample.value:.15g}\n"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
