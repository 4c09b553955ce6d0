"""The SMTP sink: a mail server that stores what it accepts and forwards nothing."""

import socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import cast

from router.sandbox.sinks.mail import MailBox
from router.sandbox.sinks.smtp_session import Manners, Session

_POLL_S = 0.05


class SmtpSink:
    """Listens from its creation until it is stopped.

    Args:
        host: where to listen.
        port: 0 for a free one.
        manners: by default without encryption or logins.
    """

    def __init__(self, host: str, port: int, manners: Manners | None = None) -> None:
        self.box = MailBox()
        self._stopped = Event()
        sink, stopped, how = self, self._stopped, manners or Manners()

        class Handler(BaseRequestHandler):
            def handle(self) -> None:
                Session(cast(socket.socket, self.request), sink.box, how, stopped).run()

        class Server(ThreadingTCPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server((host, port), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": _POLL_S}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def stop(self) -> None:
        """Stop listening, and end silent connections."""
        self._stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
