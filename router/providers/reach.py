"""See whether an address of ours answers, the way the internet would come to it."""

from router.core.errors import ProviderUnavailable

_TIMEOUT_S = 5.0


async def fetch_status(url: str) -> int:
    """Return the HTTP status that a GET of `url` answers with; redirects are not followed.

    Raises:
        ProviderUnavailable: nothing answers there, or not by HTTP.
    """
    import httpx  # noqa: PLC0415  # a tenth of a second that few commands should wait for

    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT_S) as client:
            return (await client.get(url)).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderUnavailable(f"{url} does not answer ({type(error).__name__}).") from error
