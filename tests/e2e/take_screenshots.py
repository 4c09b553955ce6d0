"""Take a picture of every public page, for the guide and for anyone who changes a page: `make screenshots`.

    docs/pictures/{page}-{width}-{light|dark}.png

Each page is shown at the widths that people use, as if its gateway had a customer's own address.
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # run as a script

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, expect  # noqa: E402

from tests.kit.browsers import DESKTOP, INSTAGRAM, Scheme, browsing, chromium  # noqa: E402
from tests.kit.gateways import start_gateway  # noqa: E402
from tests.kit.sample_pools import PATIENT_MS, SamplePool, draw_logo, open_pool  # noqa: E402
from tests.kit.user_agents import SAFARI  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
ADDRESS = "https://text.acme.example"
COLOURS = 255
NOBODYS_NUMBER = 12025550101  # such numbers are kept for pictures like these
ALL_PICTURES_BYTES = 2_500_000
ZOOMED = 188
"""How wide a phone of 375 pixels is at a zoom of 200 %."""
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Sight:
    """A page as a person sees it.

    Attributes:
        path: where the browser goes.
        prepare: what happens before the picture.
        locale: the language of the browser.
    """

    name: str
    width: int
    path: str
    user_agent: str = SAFARI
    prepare: Callable[[Page], None] = lambda page: None
    locale: str = "en"


def sights(pool: SamplePool, full: SamplePool) -> list[Sight]:
    """Return every page, and the state it is in."""
    waiting, connected, put_off = (
        each.sign_up(user)["page_url"].removeprefix(ADDRESS)
        for each, user in ((pool, "u-1"), (pool, "u-2"), (full, "u-1"))
    )
    pool.confirm(pool.sign_up("u-2")["code"])
    of_flagged = pool.sign_up("u-3")
    pool.confirm(of_flagged["code"])
    pool.flag(of_flagged["line"])
    changed = of_flagged["page_url"].removeprefix(ADDRESS)
    full.flag(*full.numbers)
    on_the_list = full.sign_up("u-2")["page_url"].removeprefix(ADDRESS)

    def is_listening(page: Page) -> None:
        expect(page.get_by_text("Waiting for your text…")).to_be_visible()

    shown = [
        Sight("person-phone", 375, waiting, prepare=is_listening),
        Sight("person-desktop", 1280, waiting, DESKTOP, is_listening),
        Sight("in-app", 375, pool.path, INSTAGRAM),
        Sight("landing-zoomed", ZOOMED, pool.path),
        Sight("person-zoomed", ZOOMED, waiting, prepare=is_listening),
        Sight("landing-japanese", 375, pool.path, locale="ja"),
        Sight("person-japanese", 375, waiting, locale="ja"),
        Sight("waitlist-japanese", 375, put_off, locale="ja"),
    ]
    for width, user_agent in ((375, SAFARI), (1280, DESKTOP)):
        shown += [
            Sight("welcome", width, "/", user_agent),
            Sight("landing", width, pool.path, user_agent),
            Sight("connected", width, connected, user_agent),
            Sight("number-changed", width, changed, user_agent),
            Sight("waitlist", width, put_off, user_agent),
            Sight("on-the-list", width, on_the_list, user_agent),
            Sight("quiet", width, f"{waiting}/quiet", user_agent),
            Sight("problem", width, "/j/nothing-here", user_agent),
        ]
    return shown


def take_picture(browser: Browser, base_url: str, sight: Sight, scheme: Scheme) -> bytes:
    """Take one picture of the whole page, twice as sharp on a phone."""
    sharpness = 4 if sight.width == ZOOMED else 2 if sight.width < 600 else 1
    with browsing(
        browser,
        user_agent=sight.user_agent,
        width=sight.width,
        scheme=scheme,
        device_scale_factor=sharpness,
        locale=sight.locale,
    ) as (page, witness):
        page.goto(base_url + sight.path)
        sight.prepare(page)
        picture = page.screenshot(full_page=True, animations="disabled")
        expected = "404" if sight.name == "problem" else None
        complaints = [complaint for complaint in witness.complaints if not (expected and expected in complaint)]
        assert not complaints, f"{sight.name}: {complaints}"
    return shrink(picture)


def shrink(picture: bytes) -> bytes:
    """Reduce the colours: pages are flat, and the difference cannot be seen."""
    small = BytesIO()
    with Image.open(BytesIO(picture)) as opened:
        few = opened.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(small, "PNG", optimize=True)
    return small.getvalue()


def main() -> None:
    """Take all pictures anew."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    total_bytes = 0
    with (
        tempfile.TemporaryDirectory() as scratch,
        start_gateway(Path(scratch), BASE_URL=ADDRESS, STORE_TIMEOUT_MS=PATIENT_MS) as gateway,
        chromium() as browser,
    ):
        pool = open_pool(gateway, "main", first_number=NOBODYS_NUMBER)
        full = open_pool(gateway, "evening", name="Acme evenings", lines=1, first_number=NOBODYS_NUMBER)
        for each in (pool, full):
            each.upload_photo(draw_logo())
        for sight in sights(pool, full):
            for scheme in SCHEMES:
                picture = take_picture(browser, gateway.base_url, sight, scheme)
                path = PICTURES / f"{sight.name}-{sight.width}-{scheme}.png"
                path.write_bytes(picture)
                total_bytes += len(picture)
                print(f"{len(picture):7,} bytes  {path.relative_to(ROOT)}")  # noqa: T201 - a script tells what it did
    assert total_bytes < ALL_PICTURES_BYTES, f"{total_bytes:,} bytes are too many for a repository"


if __name__ == "__main__":
    main()
