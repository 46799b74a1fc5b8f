"""What a link from somebody else can do in a real browser: show, and nothing else; its words are words."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser import journey

FOREIGN = "host.invalid"
MARKUP = (
    f"[CLICK](http://{FOREIGN}) ![x](http://{FOREIGN}/p.png) <img src=http://{FOREIGN}/q.png> <b>bold</b> http://{FOREIGN}/r "
    f"www.{FOREIGN} a@{FOREIGN} $x^2$ :red[red] :smile: :material/home: **strong**"
)
ASKED = quote(MARKUP, safe="")
PARAMETERS = {
    "train": (
        "lesson",
        "lock",
        "hide",
        "run",
        "lang",
        "present",
        "epochs",
        "hidden_sizes",
        "activation",
        "learning_rate",
        "seed",
    ),
    "by_hand": ("hand_x", "hand_part", "hand_step", "hand_w1", "hand_activation"),
    "draw": ("run", "lesson"),
}
# What of the markup has become what it stands for, anywhere on the page. Links inside the app carry what they were opened with.
MADE = f"""() => [...document.querySelectorAll("a, img, b, strong, .katex, [style*='color']")].filter((node) => {{
  const address = node.href ?? node.src
  return (address && new URL(address).host.endsWith("{FOREIGN}")) || /^(bold|strong|red|CLICK|home)$/.test(node.textContent) ||
    node.querySelector("annotation")?.textContent === "x^2"
}}).map((node) => node.outerHTML)"""


@pytest.mark.parametrize("name", PARAMETERS)
def test_markup_in_a_link_is_shown_as_it_is_and_asks_for_nothing(visit, name):
    page = visit("/glossary")
    for parameter in PARAMETERS[name]:
        also = "&lesson=neuron" if parameter in ("lock", "hide") else ""
        journey.open_path(page, f"/{name}?{parameter}={ASKED}{also}")
        journey.settled(page)
        expect(page.locator(".stException")).to_have_count(0)
        assert page.evaluate(MADE) == [], parameter
        assert "\U0001f604" not in page.locator("body").inner_text()
    assert not [url for url in page.requested if FOREIGN in url.split("?")[0]]


def test_the_name_of_a_run_is_its_characters_wherever_it_stands(visit):
    page = visit("/train?epochs=1&training_images=500")
    page.locator(".st-key-train button").click()
    journey.wait_result(page)
    journey.go(page, "compare")
    name = page.locator("[class*='st-key-name_'] input")
    with journey.rerun(page):
        name.fill("**a** [x](y) <b>c</b>")
        name.press("Enter")
    page.get_by_role("button", name="Delete").first.click()
    expect(page.get_by_test_id("stPopoverBody")).to_contain_text("**a** [x](y) <b>c</b>")
    expect(page.locator("table.runs")).to_contain_text("**a** [x](y) <b>c</b>")
    journey.go(page, "train")
    expect(page.locator(".st-key-run_head")).to_contain_text("**a** [x](y) <b>c</b>")
    assert "\\*" not in page.locator("body").inner_text()


def test_whoever_has_the_address_of_a_run_looks_at_it_and_commands_nothing(visit):
    page = visit("/train?epochs=200&training_images=2000")
    page.locator(".st-key-train button").click()
    journey.wait_curve(page, 1)
    other = visit(f"/train?run={journey.run_token(page)}")
    journey.wait_curve(other, 1)
    for command in ("pause", "stop", "resume", "step", "train_longer"):
        expect(other.locator(f".st-key-{command} button")).to_have_count(0)
    expect(other.locator(".st-key-train button")).to_be_enabled()
    with journey.rerun(other):
        other.locator(".st-key-take_settings button").click()
    expect(other.locator(".st-key-epochs input")).to_have_value("200")
    page.locator(".st-key-stop button").click()
    journey.wait_result(page)
    journey.wait_result(other)
