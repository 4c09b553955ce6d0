"""What Twilio's library sends its requests with: our own client, so that we know whether a request was written."""

from base64 import b64encode
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from twilio.http.response import Response

from router.channels.outgoing import Answer, post


class TwilioTransport:
    """Carries one call of the library; a new one each time, since it keeps the answer.

    The library asks for nothing but `is_async` and `request`; its own base class would bring a second HTTP client.

    Attributes:
        answer: what Twilio said; the library's own errors drop the headers. None until it said anything.

    Args:
        client: from `open_client`.
        base_url: where requests go in place of Twilio's own address.
        patience_s: how long Twilio may take to answer.
    """

    is_async = True

    def __init__(self, client: httpx.AsyncClient, base_url: str, patience_s: float) -> None:
        self._client = client
        self._base_url = base_url
        self._patience_s = patience_s
        self.answer: Answer | None = None

    async def request(self, _method: str, uri: str, **call: Any) -> Response:
        """Send a request as the library wants it; all that we ask of it are POSTs.

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
