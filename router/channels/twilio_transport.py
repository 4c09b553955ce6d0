"""Send the requests of Twilio's library with our own client, so that we know whether a request was written."""

from base64 import b64encode
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from twilio.http.response import Response

from router.channels.outgoing import HttpResponse, post


class TwilioTransport:
    """Carries one call of the library. Make a new one for each call, since it stores the answer.

    The library needs only `is_async` and `request`; its own base class would bring a second HTTP client.

    Attributes:
        answer: Twilio's answer, because the library's own errors drop the headers. None before there is one.

    Args:
        client: from `open_client`.
        base_url: the address to use in place of Twilio's own.
        patience_s: how long Twilio may take to answer.
    """

    is_async = True

    def __init__(self, client: httpx.AsyncClient, base_url: str, patience_s: float) -> None:
        self._client = client
        self._base_url = base_url
        self._patience_s = patience_s
        self.answer: HttpResponse | None = None

    async def request(self, _method: str, uri: str, **call: Any) -> Response:
        """Send a request for the library. All our requests are POSTs.

        Raises:
            Unanswered: no answer came.
        """
        login = b64encode(":".join(call["auth"]).encode()).decode()
        self.answer = await post(
            self._client,
            self._base_url + urlsplit(uri).path,
            urlencode(call["data"]).encode(),
            call["headers"] | {"Authorization": f"Basic {login}"},
            timeout_s=self._patience_s,
        )
        return Response(self.answer.status, self.answer.body.decode(errors="replace"), self.answer.headers)
