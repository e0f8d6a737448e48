"""`/health`, `/metrics`, `/openapi.json`: for machines that look after the server."""

from haechi.domain.api_key import ApiRole
from haechi.web.operation import Call, Nothing, Plain, Text, operation


@operation("GET", "/health/live", tag="Health", summary="Alive?")
def health_live(_call: Call[Nothing, Nothing, None]) -> Plain:
    """Answer: the process runs."""
    return Plain("live\n")


@operation("GET", "/health/ready", tag="Health", summary="Ready?", refusals=(503,))
def health_ready(call: Call[Nothing, Nothing, None]) -> Plain:
    """Say whether lookups are answered."""
    return Plain("ready\n") if call.service.is_ready() else Plain("not ready\n", status=503)


@operation("GET", "/metrics", role=ApiRole.HASHER, tag="Health", summary="Counts, for Prometheus")
def metrics(call: Call[Nothing, Nothing, None]) -> Plain:
    """Return counts in Prometheus' format. Any key may read them."""
    return Plain(call.service.metrics_text(), media_type="text/plain; version=0.0.4; charset=utf-8")


@operation("GET", "/openapi.json", tag="Health", summary="This description", is_shown=False)
def openapi_file(call: Call[Nothing, Nothing, None]) -> Text:
    """Return the OpenAPI file."""
    return Text(call.service.openapi, media_type="application/json")


@operation("GET", "/openapi/openapi.json", tag="Health", summary="This description, where HMA has it", is_shown=False)
def openapi_file_of_hma(call: Call[Nothing, Nothing, None]) -> Text:
    """Return the OpenAPI file."""
    return Text(call.service.openapi, media_type="application/json")


@operation("GET", "/openapi", tag="Health", summary="To the description", is_shown=False, status=302)
def openapi_page(_call: Call[Nothing, Nothing, None]) -> Text:
    """Redirect to the OpenAPI file."""
    return Text("", status=302, headers={"Location": "/openapi.json"})


OPERATIONS = (health_live, health_ready, metrics, openapi_file, openapi_file_of_hma, openapi_page)
