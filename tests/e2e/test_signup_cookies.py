"""The cookie that makes a person who comes back the same person, as browsers and proxies really send it."""

from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from tests.kit.sample_pools import SamplePool
from tests.kit.visitors import FORM


@pytest.mark.parametrize(
    "form",
    [
        "{name}={token}",
        "a=1; {name}={token}",
        "a=1;{name}={token};b=2",
        "{name}={token};",
        "{name}={token} ; b=2",
        ' {name} = "{token}" ',
        "{name}=; {name}={token}",
        "{name}=forged; {name}={token}; {name}=other",
        "x{name}=wrong; {name}x=wrong; {name}={token}",
    ],
)
def test_a_cookie_is_read_as_proxies_write_it(pool: SamplePool, form: str) -> None:
    """Without the blank, with a mark at the end, quoted, and repeated: the person keeps their page."""
    pressed = pool.visitor().press(pool.path)
    name, _, token = pressed.headers["Set-Cookie"].partition(";")[0].partition("=")
    again = pool.visitor()
    nonce = again.read_nonce(pool.path)
    cookie = {"Cookie": form.format(name=name, token=token)}
    assert again.post(pool.path, {"nonce": nonce}, cookie).location == pressed.location
    assert pool.people_so_far() == 1


def test_cookies_that_come_one_by_one_are_read(pool: SamplePool) -> None:
    """HTTP/2 may send each cookie in a field of its own, and a proxy may pass them on like that."""
    pressed = pool.visitor().press(pool.path)
    mine = pressed.headers["Set-Cookie"].partition(";")[0]
    again = pool.visitor()
    body = urlencode({"nonce": again.read_nonce(pool.path)}).encode()
    for cookies in (["a=1", mine, "b=2"], [mine, "b=2"], ["a=1", mine]):
        with closing(HTTPConnection(urlsplit(pool.gateway.base_url).netloc, timeout=10)) as connection:
            connection.putrequest("POST", pool.path)
            for cookie in cookies:
                connection.putheader("Cookie", cookie)
            connection.putheader("Content-Type", FORM["Content-Type"])
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            assert connection.getresponse().headers["Location"] == pressed.location, cookies
    assert pool.people_so_far() == 1
