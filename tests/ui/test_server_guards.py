"""What every answer forbids the browser, which names are let in, and that a flood waits at the door; asked as a network asks."""

import asyncio

import pytest

from model.runs.limits import whole_setting
from ui import server_guards
from ui.server_guards import (
    EMBED_SETTING,
    HOSTS_SETTING,
    SOCKETS_SETTING,
    Allowance,
    Floods,
    Headers,
    KnownHosts,
    UnusedDoors,
)


async def page(scope, receive, send):
    """An app that answers every request, and every socket as long as it says something."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"here"})
        return
    while (await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", "bytes": b"heard"})


def asked(
    kind: str = "http", host: str = "localhost:8501", address: str = "10.0.0.1", accept: str = "text/html"
) -> dict:
    headers = [(b"host", host.encode("latin-1")), (b"accept", accept.encode())]
    return {"type": kind, "method": "GET", "headers": headers, "client": (address, 4711), "path": "/train"}


def answer(app, scope, messages=()) -> list:
    """What an app sends to somebody who asks so, and then says these messages."""
    waiting, sent = [*messages, {"type": "websocket.disconnect"}], []

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def headers_of(sent) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_every_answer_forbids_guessing_framing_and_fetching_from_elsewhere():
    told = headers_of(answer(Headers(page), asked()))
    assert told["x-content-type-options"] == "nosniff"
    assert told["x-frame-options"] == "SAMEORIGIN"
    assert told["referrer-policy"] == "same-origin"
    policy = dict(rule.split(" ", 1) for rule in told["content-security-policy"].split(";"))
    assert (
        policy["frame-ancestors"] == "'self'" and policy["default-src"] == "'self'" and policy["object-src"] == "'none'"
    )
    assert "http:" not in told["content-security-policy"] and "*" not in told["content-security-policy"]
    assert "'unsafe-inline'" not in policy["script-src"] and "sha256" in policy["script-src"]
    assert policy["connect-src"].endswith("ws://localhost:8501 wss://localhost:8501")


@pytest.mark.parametrize("host", ["a b", "x; script-src *", "x\r\ny: z", "x ws://evil.example"])
def test_what_is_asked_for_never_gets_into_the_rules(host):
    told = headers_of(answer(Headers(page), asked(host=host)))
    assert told["content-security-policy"].count("script-src") == 1 and "evil" not in told["content-security-policy"]


def test_a_setting_lets_other_pages_show_it(monkeypatch):
    monkeypatch.setenv(EMBED_SETTING, "https://school.example https://other.example")
    told = headers_of(answer(Headers(page), asked()))
    assert "frame-ancestors 'self' https://school.example https://other.example" in told["content-security-policy"]
    assert "x-frame-options" not in told
    monkeypatch.setenv(EMBED_SETTING, "*")
    assert "frame-ancestors" not in headers_of(answer(Headers(page), asked()))["content-security-policy"]


@pytest.fixture
def named(monkeypatch):
    monkeypatch.setattr(server_guards.socket, "gethostname", lambda: "Desk7.school.example")


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8501", "LOCALHOST.", "app.localhost:1", "127.0.0.1:8501", "[::1]:8501", "192.168.1.20", "8.8.8.8:80",
     "desk7:8501", "desk7.local", "Desk7.School.Example"],
)  # fmt: skip
def test_names_and_addresses_of_this_computer_are_let_in(named, host):
    assert answer(KnownHosts(page), asked(host=host))[0]["status"] == 200


FOREIGN = ["evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example", "desk7.evil.example", "", "a@localhost",
           "localhost/x", "localhost:x", "localhost:80:80", "notlocalhost"]  # fmt: skip


@pytest.mark.parametrize("host", FOREIGN)
def test_any_other_name_is_refused_in_both_languages_and_with_the_setting(named, host):
    sent = answer(KnownHosts(page), asked(host=host))
    assert sent[0]["status"] == 421
    words = sent[1]["body"].decode()
    assert HOSTS_SETTING in words and "这台服务器" in words and "here" not in words
    assert answer(KnownHosts(page), asked("websocket", host=host))[0] == {"type": "websocket.close", "code": 1008}


def test_a_setting_names_a_proxy_or_a_whole_domain(named, monkeypatch):
    monkeypatch.setenv(HOSTS_SETTING, "lab.school.example, *.other.example")
    hosts = KnownHosts(page)
    for host, status in (
        ("lab.school.example", 200),
        ("a.other.example:443", 200),
        ("other.example", 421),
        ("x.school.example", 421),
    ):
        assert answer(hosts, asked(host=host))[0]["status"] == status


def test_a_name_given_later_is_learned_without_a_restart(named, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(server_guards.time, "monotonic", lambda: clock[0])
    hosts = KnownHosts(page)
    assert answer(hosts, asked(host="lab.example"))[0]["status"] == 421
    monkeypatch.setenv(HOSTS_SETTING, "lab.example")
    assert answer(hosts, asked(host="lab.example"))[0]["status"] == 421, "it is not asked at every request"
    clock[0] += 11
    assert answer(hosts, asked(host="lab.example"))[0]["status"] == 200


def test_a_tab_may_say_much_at_once_and_then_so_much_a_second():
    allowance, now, waits = Allowance(a_second=10, at_once=5), 50.0, []
    for _ in range(8):
        waits.append(allowance.seconds_to_wait(now))
    assert waits == pytest.approx([0, 0, 0, 0, 0, 0.1, 0.2, 0.3])
    assert allowance.seconds_to_wait(now + 60) == 0
    assert [allowance.seconds_to_wait(now + 60) for _ in range(5)] == pytest.approx([0, 0, 0, 0, 0.1]), (
        "rest saves no more than that"
    )


def test_a_flood_reaches_the_app_no_faster_than_allowed(monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(server_guards.asyncio, "sleep", sleep)
    monkeypatch.setattr(server_guards.time, "monotonic", lambda: 7.0)
    sent = answer(Floods(page), asked("websocket"), [{"type": "websocket.receive", "bytes": b""}] * 200)
    assert len(sent) == 200, "nothing is lost"
    assert slept.count(0.0) == server_guards.MESSAGES_AT_ONCE
    assert slept[-1] == pytest.approx((200 - server_guards.MESSAGES_AT_ONCE) / server_guards.MESSAGES_A_SECOND)


@pytest.mark.parametrize("below", ["", "/lab"])
@pytest.mark.parametrize("path", ["/_stcore/upload_file/session/file", "/_stcore/agent/interact", "/_stcore/metrics"])
def test_what_the_app_has_no_use_for_is_not_there(path, below):
    assert answer(UnusedDoors(page), asked() | {"method": "PUT", "path": below + path})[0]["status"] == 404
    assert answer(UnusedDoors(page), asked() | {"path": below + "/_stcore/health"})[0]["status"] == 200
    assert answer(UnusedDoors(page), asked("websocket") | {"path": below + "/_stcore/stream"}) == []


def test_one_address_has_so_many_sockets_and_others_have_theirs(monkeypatch):
    monkeypatch.setenv(SOCKETS_SETTING, "3")

    async def scene():
        floods, ends, sent = Floods(page), asyncio.Event(), []

        async def receive():
            await ends.wait()
            return {"type": "websocket.disconnect"}

        async def send(message):
            sent.append(message)

        tabs = [asyncio.create_task(floods(asked("websocket"), receive, send)) for _ in range(3)]
        await asyncio.sleep(0)
        await floods(asked("websocket"), receive, send)
        refused = list(sent)
        await floods(asked(), receive, send)
        words = sent[-1]["body"].decode()
        await floods(asked(accept="*/*"), receive, send)
        script = sent[-1]["body"]
        await floods(asked(address="10.0.0.2"), receive, send)
        neighbour = sent[-1]["body"]
        ends.set()
        await asyncio.gather(*tabs)
        await floods(asked(), receive, send)
        return refused, words, script, neighbour, sent[-1]["body"]

    refused, words, script, neighbour, afterwards = asyncio.run(scene())
    assert refused == [{"type": "websocket.close", "code": 1013}]
    assert SOCKETS_SETTING + "=6" in words and "上限" in words
    assert (script, neighbour, afterwards) == (b"here", b"here", b"here")


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "1.5"])
def test_a_setting_that_is_no_number_is_named(monkeypatch, wrong):
    monkeypatch.setenv(SOCKETS_SETTING, wrong)
    with pytest.raises(ValueError, match=SOCKETS_SETTING):
        whole_setting(SOCKETS_SETTING, 1)
