"""Each kind of answer has the headers that tell a browser what it must not do with it."""

import pytest

from tests.kit.sample_pools import SamplePool, draw_logo
from tests.kit.visitors import Visitor

BROWSER = {"Accept": "text/html"}
DATA = "default-src 'none'; frame-ancestors 'none'"
EVERY_METHOD = ["GET", "HEAD"]


def answers(pool: SamplePool) -> list[tuple[str, str, bytes | None, dict[str, str], int]]:
    """Return a request of each kind, and the status it gets."""
    page = pool.visitor().press(pool.path).location
    key = {"Authorization": f"Bearer {pool.gateway.admin_key}"}
    json = {"Content-Type": "application/json"}
    plain: list[tuple[str, dict[str, str], int]] = [
        *((pool.path, {}, 200), (f"{pool.path}/brand.css", {}, 200), (f"{pool.path}/logo.jpg", {}, 200)),
        *((page, {}, 200), (f"{page}/go", {}, 303), (f"{page}/acme.vcf", {}, 200), (f"{page}/quiet", {}, 200)),
        *((f"{page}/qr.svg", {}, 200), (f"{page}/qr.png", {}, 200), (f"{page}/nothing", {}, 404)),
        *((f"{page}/nothing", BROWSER, 404), ("/t/bad", {}, 404), ("/t/bad", BROWSER, 404), (f"{page}.", {}, 307)),
        *(("/j/nothing", {}, 404), ("/nothing", {}, 404), ("/nothing", BROWSER, 404), ("/J/nothing", {}, 404)),
        *(("/", {}, 200), ("/schema", {}, 200), ("/static/site.css", {}, 200), ("/static/nothing.css", {}, 404)),
        *(("/api/v1/pools", {}, 401), ("/api/v1/pools", key, 200), ("/api/v1/nothing", {}, 404)),
        *(("/schema", {"Host": "evil.example"}, 421), (pool.path, {"Host": "evil.example"} | BROWSER, 421)),
    ]
    gets = [(method, path, None, headers, status) for method in EVERY_METHOD for path, headers, status in plain]
    gets = [one for one in gets if not (one[0] == "HEAD" and one[1].startswith(("/api/v1/pools", "/schema")))]
    long = b"x" * 100_000
    return [
        *gets,
        ("GET", "/healthz", None, {}, 200),
        ("HEAD", f"{page}/events", None, {}, 200),
        ("POST", pool.path, b"", {}, 303),
        ("POST", pool.path, long, {}, 413),
        ("POST", pool.path, long, BROWSER, 413),
        ("POST", page, b"", {}, 200),
        ("POST", f"{page}/go", b"", {}, 405),
        ("PUT", page, b"", BROWSER, 405),
        ("HEAD", "/schema", None, {}, 405),
        ("DELETE", "/schema", None, {}, 405),
        ("POST", "/", b"", BROWSER, 405),
        ("POST", "/api/v1/pools", b"{", key | json, 400),
        ("POST", "/api/v1/pools", b"{}", key | json, 422),
        ("POST", "/api/v1/pools", long, key | json, 413),
        ("POST", f"/api/v1/pools/{pool.id}/signups", b"{", key | json, 400),
        ("POST", f"/api/v1/pools/{pool.id}/signups", b"{}", {}, 401),
        ("GET", f"/api/v1/pools/{pool.id}/signups", None, key, 405),
        ("OPTIONS", "/api/v1/pools", None, {}, 401),
        ("POST", "/webhooks/linq", b"{}", json, 401),
        ("GET", "/webhooks/linq", None, {}, 405),
    ]


def test_every_kind_of_answer_has_them(pool: SamplePool) -> None:
    """Nosniff, no referrer, not indexed; one policy of content; stored by nobody, unless it is a file."""
    pool.upload_photo(draw_logo())
    faults = []
    for method, path, body, headers, status in answers(pool):
        reply = Visitor(pool.gateway.base_url, "curl/8.5.0").ask(method, path, body, headers)
        is_file = reply.status == 200 and ("/static/" in path or path.startswith(f"{pool.path}/"))
        seen = {
            "status": reply.status,
            "sniff": reply.headers.get_all("X-Content-Type-Options"),
            "referrer": reply.headers.get_all("Referrer-Policy"),
            "robots": reply.headers.get_all("X-Robots-Tag"),
            "stored": "public" in reply.headers["Cache-Control"] if is_file else reply.headers.get_all("Cache-Control"),
            "policies": len(reply.headers.get_all("Content-Security-Policy", [])),
        }
        right = {
            "status": status,
            "sniff": ["nosniff"],
            "referrer": ["no-referrer"],
            "robots": ["noindex, noarchive"],
            "stored": True if is_file else ["no-store"],
            "policies": 1,
        }
        if seen != right:
            faults.append((method, path, headers, {name: seen[name] for name in seen if seen[name] != right[name]}))
        if not reply.headers.get("Content-Type", "").startswith("text/html"):
            assert reply.headers["Content-Security-Policy"] == DATA, path
    assert not faults, "\n".join(map(str, faults))


@pytest.mark.parametrize("path", ["/events"])
def test_a_stream_has_them_too(pool: SamplePool, path: str) -> None:
    """Its headers are those of its HEAD."""
    page = pool.visitor().press(pool.path).location
    reply = pool.visitor().head(page + path)
    assert reply.headers["Content-Type"] == "text/event-stream"
    assert reply.headers["Content-Security-Policy"] == DATA
