"""A real Chromium, dressed as a phone, a desktop or an app's own browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.kit.user_agents import IPHONE, PEOPLE, SAFARI

CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
# Chromium on a machine without Messages logs this where a phone would open Messages.
_NO_MESSAGES_HERE = "scheme does not have a registered handler"
_PATIENCE_MS = 10_000
_HEIGHTS = {320: 568, 375: 812, 1280: 900}

Scheme = Literal["light", "dark"]
DESKTOP = PEOPLE["Chrome on Windows"][0]
INSTAGRAM = f"{IPHONE} Mobile/22G86 Instagram 397.0.0.24.81 (iPhone16,1; iOS 18_6; en_US; en; scale=3.00)"


@dataclass
class Witness:
    """Records what a browser complained about, and which addresses it requested."""

    complaints: list[str] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)

    def watch(self, context: BrowserContext) -> None:
        """Record from every page of a browser. Violations of the content security policy appear as console errors."""
        context.on("console", self._hear)
        context.on("weberror", lambda fault: self.complaints.append(str(fault.error)))
        context.on("request", lambda request: self.addresses.add(request.url))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and _NO_MESSAGES_HERE not in message.text:
            self.complaints.append(message.text)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def browsing(
    browser: Browser, *, user_agent: str = SAFARI, width: int = 375, scheme: Scheme = "light", **more: Any
) -> Iterator[tuple[Page, Witness]]:
    """Open an empty page in a window that shares nothing with others; a narrow one is touched, a wide one clicked."""
    is_phone = width < 600
    context = browser.new_context(
        user_agent=user_agent,
        viewport={"width": width, "height": _HEIGHTS.get(width, 812)},
        has_touch=is_phone,
        is_mobile=is_phone,
        color_scheme=scheme,
        **more,
    )
    context.set_default_timeout(_PATIENCE_MS)
    witness = Witness()
    witness.watch(context)
    try:
        yield context.new_page(), witness
    finally:
        context.close()
