"""What Prometheus scrapes."""

from litestar import Response, get
from litestar.di import NamedDependency

from router.core.metrics.metric import CONTENT_TYPE
from router.services.metrics import MetricsReport
from router.web.api.openapi_specs import BEARER, may_fail
from router.web.guards import requires_viewer


@get(
    "/metrics",
    operation_id="get_metrics",
    tags=["health"],
    guards=[requires_viewer],
    security=BEARER,
    responses=may_fail(),
    media_type=CONTENT_TYPE,
)
async def metrics(metrics_report: NamedDependency[MetricsReport]) -> Response[str]:
    """Give all metrics as the text that Prometheus reads."""
    return Response(await metrics_report.text(), media_type=CONTENT_TYPE)
