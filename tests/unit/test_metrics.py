"""The guide's table, the alert rules and the dashboard name the metrics there are; promtool accepts all of it."""

import json
import re
import subprocess
from pathlib import Path

from router.core.metrics.catalogue import CATALOGUE
from router.core.metrics.metric import Metric, MetricKind, Sample, histogram_samples, render_metrics

PROJECT = Path(__file__).parents[2]
MONITORING = PROJECT / "deploy" / "monitoring"
ALERTS = (MONITORING / "alerts.yml").read_text()
PAGE = (PROJECT / "docs" / "guide" / "monitoring.md").read_text()
ROW = re.compile(r"^\| `(switchyard_\w+)` \| (\w+) \| ([^|]+) \| ([^|]*) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ALERT = re.compile(r"- alert: (\w+)\n +expr: >-\n +(.+)\n")
USED = re.compile(r"\bswitchyard_\w+")


def promtool(*arguments: str, text: str = "") -> str:
    """Run promtool, which must find no fault."""
    run = subprocess.run(["promtool", *arguments], input=text, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_the_guide_has_each_metric() -> None:
    """Name, kind, labels and meaning are those of the catalogue, in its order; so are the alerts that use it."""
    alerts = dict(ALERT.findall(ALERTS))
    rows = [
        (name, kind, labels.strip(), text, re.findall(r"\[(\w+)\]", used))
        for name, kind, _unit, labels, text, used in ROW.findall(PAGE)
    ]
    assert rows == [
        (
            metric.full_name,
            metric.kind.value,
            ", ".join(metric.labels),
            metric.help,
            [alert for alert, expression in alerts.items() if metric.full_name in _used_in(expression)],
        )
        for metric in CATALOGUE
    ]


def test_each_alert_has_a_runbook_and_uses_metrics_that_exist() -> None:
    """Its address leads to its section of the guide."""
    alerts = ALERT.findall(ALERTS)
    assert len(alerts) == ALERTS.count("- alert:")
    for name, expression in alerts:
        assert f"\n### {name}\n" in PAGE
        assert f"runbook_url: /docs/guide/monitoring#{name.lower()}\n" in ALERTS
        _requires_known_metrics(expression)


def test_the_dashboard_uses_metrics_that_exist() -> None:
    """Each panel has an expression."""
    panels = json.loads((MONITORING / "dashboard.json").read_text())["panels"]
    assert panels
    for panel in panels:
        for target in panel["targets"]:
            assert USED.search(target["expr"])
            _requires_known_metrics(target["expr"])


def test_each_alert_fires_when_it_should() -> None:
    """Each fires for the state it is about, and none for a healthy gateway."""
    promtool("check", "rules", str(MONITORING / "alerts.yml"))
    promtool("test", "rules", str(MONITORING / "alerts_test.yml"))
    tests = (MONITORING / "alerts_test.yml").read_text()
    for name, _ in ALERT.findall(ALERTS):
        assert f"- name: {name}\n" in tests


def test_labels_are_escaped_and_buckets_add_up() -> None:
    """What Prometheus reads back is what was given."""
    gauge = Metric("odd", MetricKind.GAUGE, "Odd labels.", ("name",))
    sizes = Metric("sizes", MetricKind.HISTOGRAM, "Sizes.")
    samples = [Sample(gauge, ('a"b\\c\nd',), 1.5), *histogram_samples(sizes, (), [0.1, 1], [2, 0, 3], 9.25)]
    text = render_metrics([gauge, sizes], samples)
    promtool("check", "metrics", text=text)
    assert 'switchyard_odd{name="a\\"b\\\\c\\nd"} 1.5\n' in text
    assert [line for line in text.splitlines() if line.startswith("switchyard_sizes")] == [
        'switchyard_sizes_bucket{le="0.1"} 2',
        'switchyard_sizes_bucket{le="1"} 2',
        'switchyard_sizes_bucket{le="+Inf"} 5',
        "switchyard_sizes_sum 9.25",
        "switchyard_sizes_count 5",
    ]


def _requires_known_metrics(expression: str) -> None:
    assert _used_in(expression) <= {metric.full_name for metric in CATALOGUE}


def _used_in(expression: str) -> set[str]:
    """Return the metrics an expression uses; the parts of a histogram count as the whole."""
    return {name.removesuffix("_bucket").removesuffix("_count") for name in USED.findall(expression)}
