"""Check whether one of our addresses answers, over the way the internet takes."""

from router.core.errors import ProviderUnavailable

_TIMEOUT_S = 5.0


async def fetch_status(url: str) -> int:
    """Return the HTTP status of a GET of `url`, without following redirects.

    Raises:
        ProviderUnavailable: nothing answers there, or not in HTTP.
    """
    import httpx  # noqa: PLC0415  # importing it takes a tenth of a second, and few commands need it

    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT_S) as client:
            return (await client.get(url)).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderUnavailable(f"{url} does not answer ({type(error).__name__}).") from error
