"""What goes wrong in a classroom, on purpose."""

import os
import re
import signal
import time

import pytest
from playwright.sync_api import expect

from tests.browser import journey
from tests.browser.conftest import PATIENCE, Server, command_line


def test_a_killed_worker_costs_nothing_the_visitor_sees(visit, server):
    page = visit("/train")
    journey.start_training(page, epochs=20)
    victims = server.workers()
    assert victims
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    assert re.search(r"Test accuracy\s+\d+\.\d\d%", journey.wait_result(page))
    assert journey.curve_length(page) == 100
    assert not set(victims) & set(server.workers())


def test_a_lost_connection_finds_the_run_again(visit, line):
    page = visit("/train", address=line.address)
    journey.start_training(page, epochs=15)
    before = journey.curve_length(page)
    line.cut()
    page.locator("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])").wait_for()
    line.mend()
    journey.wait_curve(page, before + 1)
    assert journey.wait_result(page)


def test_a_reload_in_the_middle_finds_the_run_again_curves_and_all(visit):
    page = visit("/train")
    journey.start_training(page, epochs=200)
    journey.wait_updates(page, 5)
    before, token = journey.curve_length(page), journey.run_token(page)
    page.reload()
    journey.wait_updates(page, 1)
    assert journey.curve_length(page) >= before
    assert journey.run_token(page) == token
    expect(page.locator(".st-key-epochs input")).to_have_value("200")
    second_tab = page.context.new_page()
    second_tab.goto(page.url)
    journey.wait_updates(second_tab, 1)
    assert journey.curve_length(second_tab) >= before
    page.locator(".st-key-stop button").click()
    journey.wait_result(second_tab)


def test_train_pressed_twice_starts_one_run(visit):
    page = visit("/train?epochs=5")
    page.locator(".st-key-train button").dblclick()
    page.locator(journey.UNDER_WAY).first.wait_for()
    token = journey.run_token(page)
    journey.wait_result(page)
    assert journey.run_token(page) == token


def test_a_link_to_a_run_that_is_not_there_says_so_and_the_page_works(visit):
    page = visit("/train?run=nonsense")
    expect(page.get_by_text("no longer here")).to_be_visible()
    assert "nonsense" not in page.url
    journey.set_knob(page, "epochs", 1)
    page.locator(".st-key-train button").click()
    assert re.search(r"Test accuracy\s+\d+\.\d\d%", journey.wait_result(page))


def test_nonsense_in_the_link_names_field_and_limit_and_the_page_works(visit):
    page = visit("/train?hidden_sizes=64,9999&epochs=abc&dropout=0.2")
    expect(page.get_by_text("1 to 1,024")).to_be_visible()
    expect(page.get_by_text("1 to 200")).to_be_visible()
    expect(page.locator(".st-key-hidden_size_2 input")).to_have_value("64")
    expect(page.locator(".st-key-epochs input")).to_have_value("10")
    assert "dropout=0.2" in page.url
    journey.set_knob(page, "epochs", 1)
    page.locator(".st-key-train button").click()
    assert re.search(r"Test accuracy\s+\d+\.\d\d%", journey.wait_result(page))


def test_a_visitor_cannot_reach_the_run_or_the_drawing_of_another(visit, trained_run):
    mine = visit(f"/draw?{trained_run()}")
    mine.locator("canvas.upper-canvas").wait_for()
    journey.draw(mine, journey.THREE)
    journey.expect_reading(mine, 3)
    other = visit("/draw")
    expect(other.get_by_text("No network yet")).to_be_visible()
    other.goto(mine.url)
    expect(other.locator(".st-key-prediction")).to_contain_text("Nothing drawn yet")


REFUSING = """
  const refuse = () => { throw new DOMException("The operation is insecure.", "SecurityError") }
  Object.defineProperty(Document.prototype, "cookie", { get: refuse, set: refuse, configurable: true })
  for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get: refuse, configurable: true })
"""
SILENT = 'Object.defineProperty(Document.prototype, "cookie", { get: () => "", set() {}, configurable: true })'


@pytest.mark.parametrize("script", [REFUSING, SILENT], ids=["cookies throw", "cookies are dropped"])
def test_a_browser_that_refuses_cookies_is_told_once_that_it_forgets_and_works(visit, script):
    page = visit("/glossary")
    page.add_init_script(script)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    journey.open_path(page, "/train")
    told = page.get_by_text("This browser will not remember")
    expect(told).to_have_count(1)
    page.get_by_test_id("stToast").get_by_role("button", name="Close").click()
    expect(told).to_have_count(0)
    with journey.rerun(page):
        journey.set_knob(page, "epochs", 3)
    journey.go(page, "glossary")
    journey.settled(page)
    expect(told).to_have_count(0)
    assert errors == []


def test_a_browser_that_keeps_cookies_is_told_nothing(visit):
    page = visit("/glossary")
    journey.settled(page)
    expect(page.get_by_text("This browser will not remember")).to_have_count(0)


@pytest.fixture
def own_server():
    """A server for this test alone: what is stopped and ended here must not be what others use."""
    own = Server()
    yield own
    own.stop()


def test_a_worker_that_stands_still_is_told_and_replaced_nothing_is_lost_and_the_server_ends_with_its_workers(
    visit, own_server
):
    page = visit("/train?epochs=200&training_images=5000", address=own_server.address)
    page.locator(".st-key-train button").click()
    journey.wait_curve(page, 2)
    (worker,) = own_server.workers()
    os.kill(worker, signal.SIGSTOP)
    progress = page.locator(".st-key-progress")
    expect(progress).to_contain_text("Waiting for a worker")
    expect(progress).not_to_contain_text("images a second")
    before = journey.curve_length(page)
    journey.wait_curve(page, before + 2)
    assert worker not in own_server.workers(), "another one went on"
    expect(progress).not_to_contain_text("Waiting for a worker")
    steps = page.evaluate("[...document.querySelector('.st-key-curves .plot')._fullData[0].x]")
    assert steps == sorted(set(steps)), "nothing is added twice"
    workers = own_server.workers()
    own_server.process.send_signal(signal.SIGTERM)
    own_server.process.wait(PATIENCE / 1000)
    assert not [pid for pid in workers if "loky" in command_line(pid)]
    assert not [line for line in own_server.lines if "failed" in line or "Traceback" in line]


def test_workers_end_soon_after_a_server_that_was_killed(visit, own_server):
    page = visit("/train?epochs=200&training_images=5000", address=own_server.address)
    page.locator(".st-key-train button").click()
    journey.wait_curve(page, 1)
    workers = own_server.workers()
    assert workers
    own_server.process.kill()
    own_server.process.wait(PATIENCE / 1000)
    for _ in range(PATIENCE // 100):
        if not [pid for pid in workers if "loky" in command_line(pid)]:
            return
        time.sleep(0.1)
    raise AssertionError("its workers are still there")
