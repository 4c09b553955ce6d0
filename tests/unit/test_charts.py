"""The pictures: the same shapes as SVG and as PNG, with nothing in them that a page would have to allow."""

from io import BytesIO
from xml.etree import ElementTree as ET

from PIL import Image

from router.core.charts.drawing import Drawing, Rectangle, Stroke, Words
from router.core.charts.png import to_png
from router.core.charts.svg import to_svg
from router.core.simulation.comparison import compare
from router.core.simulation.picture import draw_comparison
from router.core.simulation.policy import read_policies
from router.core.simulation.scenario import Scenario
from router.core.simulation.simulated_pool import simulate

SVG = "{http://www.w3.org/2000/svg}"
SAMPLE = Drawing(
    100,
    60,
    'Two < three & "four"',
    [
        Rectangle(10, 10, 30, 20, "#ff0000"),
        Rectangle(50, 10, 0, 20, "#ff0000"),
        Stroke(((0, 50), (100, 50)), "#0000ff", 2),
        Words(50, 45, "a < b & c", 12, "middle"),
    ],
)


def test_an_svg_is_whole_and_loads_nothing() -> None:
    """It parses, escapes its words, and has no script, style or address besides its name space."""
    text = to_svg(SAMPLE)
    root = ET.fromstring(text)
    assert root.findtext(f"{SVG}title") == 'Two < three & "four"'
    assert root.findtext(f"{SVG}text") == "a < b & c"
    assert len(root.findall(f"{SVG}rect")) == 3
    assert text.count("http") == 1
    assert "style" not in text
    assert "script" not in text


def test_a_png_shows_the_same_shapes() -> None:
    """At twice the size: the box, the line, the paper, and ink where the words are."""
    image = Image.open(BytesIO(to_png(SAMPLE)))
    assert image.size == (200, 120)
    assert image.getpixel((40, 40)) == (255, 0, 0)
    assert image.getpixel((10, 100)) == (0, 0, 255)
    assert image.getpixel((190, 10)) == (255, 255, 255)
    words = image.crop((60, 68, 140, 92)).convert("L")
    assert min(words.tobytes()) < 100


def test_a_comparison_is_drawn_with_every_policy() -> None:
    """Each policy is named in each panel of bars; the same seed has the same bytes."""
    scenario = Scenario(lines=2, days=3, messages_per_person=100.0)
    policies = read_policies(["spare-0", "spare-50"])

    def draw() -> Drawing:
        outcomes = {one.name: [simulate(scenario, one, seed) for seed in (1, 2)] for one in policies}
        return draw_comparison(compare(outcomes, against="spare-0"), title="Two", subtitle="Mean of 2 runs")

    first, second = to_svg(draw()), to_svg(draw())
    assert first == second
    assert to_png(draw()) == to_png(draw())
    assert first.count(">spare-50<") == 6
    assert "nan" not in first


def test_one_run_of_one_day_can_be_drawn() -> None:
    """Without an interval, and with a single point a day."""
    scenario = Scenario(lines=1, days=1, messages_per_person=100.0, people=0, signups_per_day=0.0)
    outcomes = {"even": [simulate(scenario, read_policies(["even"])[0], 1)]}
    assert "nan" not in to_svg(draw_comparison(compare(outcomes, against="even"), title="One", subtitle=""))
