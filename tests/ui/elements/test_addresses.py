"""The addresses at which others reach the server: of this computer's networks, whatever the page was opened as."""

import ipaddress

import pytest

from ui.elements import addresses
from ui.elements.addresses import is_here_only, listens_here_only, own_addresses, public_addresses

LAN = ["192.168.1.20", "10.0.0.7"]


@pytest.fixture(autouse=True)
def two_networks(monkeypatch):
    monkeypatch.setattr(addresses, "own_addresses", lambda: LAN)
    monkeypatch.delenv(addresses.ADDRESS_SETTING, raising=False)


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "app.localhost", "localhost.", "127.0.0.1", "127.1.2.3", "[::1]", "::1", "0.0.0.0"],
)
def test_names_of_this_very_computer_are_known(host):
    assert is_here_only(host)


@pytest.mark.parametrize("host", ["192.168.1.20", "school.example", "localhost.example", "fd00::2", "12.7.0.1"])
def test_other_names_are_not_taken_for_it(host):
    assert not is_here_only(host)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_a_page_opened_as_localhost_is_told_by_every_network_address(host):
    found = public_addresses(f"http://{host}:8501/train", "train", None)
    assert found == ["http://192.168.1.20:8501/train", "http://10.0.0.7:8501/train"]


@pytest.mark.parametrize(
    "seen", ["http://192.168.1.9:8501/train", "https://school.example/lab/train", "http://[fd00::2]:8501/train"]
)
def test_an_address_that_others_reach_stays(seen):
    assert public_addresses(seen, "train", None) == [seen]


def test_a_server_that_listens_at_one_address_has_that_one():
    assert public_addresses("http://localhost:8501/", "", "10.0.0.7") == ["http://10.0.0.7:8501/"]
    assert public_addresses("http://localhost:8501/", "", "fd00::2") == ["http://[fd00::2]:8501/"]
    assert len(public_addresses("http://localhost:8501/", "", "0.0.0.0")) == 2


def test_whether_a_server_answers_its_own_computer_alone():
    assert listens_here_only("127.0.0.1") and listens_here_only("localhost") and listens_here_only("::1")
    assert not any(map(listens_here_only, (None, "", "0.0.0.0", "::", "[::]", "10.0.0.7")))


@pytest.mark.parametrize(
    ("page", "address"), [("train", "https://lab.example/x/train"), ("", "https://lab.example/x/")]
)
def test_whoever_runs_the_server_can_say_where_it_stands(monkeypatch, page, address):
    monkeypatch.setenv(addresses.ADDRESS_SETTING, "https://lab.example/x/")
    assert public_addresses(f"http://localhost:8501/{page}", page, "127.0.0.1") == [address]


def test_this_computers_own_addresses_are_addresses_of_networks():
    found = own_addresses()
    assert len(set(found)) == len(found)
    for address in map(ipaddress.ip_address, found):
        assert not (address.is_loopback or address.is_link_local or address.is_unspecified)
