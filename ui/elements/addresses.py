"""Where others reach this server: this computer's addresses on its networks, for a page opened as localhost; knows no page."""

import ipaddress
import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

ADDRESS_SETTING: Final = "DIGIT_LAB_ADDRESS"
ELSEWHERE: Final = ("192.0.2.1", 9)  # an address that exists nowhere (RFC 5737); nothing is sent to it
INTERFACE_ADDRESS: Final = 0x8915  # SIOCGIFADDR of Linux
EVERYWHERE: Final = ("0.0.0.0", "::")
CONTAINER_MARKS: Final = (Path("/.dockerenv"), Path("/run/.containerenv"))


def is_here_only(host: str) -> bool:
    """Whether a host name or address means the very computer that asks, such as localhost, 127.0.0.1 and ::1."""
    name = host.strip("[]").lower().rstrip(".")
    if name in ("", "localhost") or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def host_of(asked: str) -> str | None:
    """The name or address in what a browser asks for (``name:port``), in lower case; None where it is anything else."""
    try:
        parts = urlsplit(f"//{asked}")
        _ = parts.port  # raises where it is no number
        name = parts.hostname
    except ValueError:
        return None
    if not name or parts.netloc != asked or parts.username is not None or parts.password is not None:
        return None
    return name.lower().rstrip(".")


def listens_here_only(listens: str | None) -> bool:
    """Whether a server that was told to listen at this address answers its own computer alone; None or empty is everywhere."""
    return bool(listens) and is_here_only(listens or "") and (listens or "").strip("[]") not in EVERYWHERE


def in_container() -> bool:
    """Whether this runs in a container, whose own addresses others may be unable to reach."""
    return any(mark.exists() for mark in CONTAINER_MARKS)


def public_addresses(seen: str, page: str, listens: str | None) -> list[str]:
    """The addresses, ``scheme://host:port/path``, of a page for others; the likeliest first, none where that cannot be known.

    A server that listens to its own computer alone has those at which others would reach it, were it started otherwise.

    Args:
        seen: the address at which the page was opened.
        page: its path under the app, such as ``train``; empty for Home.
        listens: the address the server was told to listen at; None or empty for all.
    """
    given = os.environ.get(ADDRESS_SETTING, "").strip()
    if given:
        return [f"{given.rstrip('/')}/{page}"]
    if not is_here_only(urlsplit(seen).hostname or ""):
        return [seen]
    if listens and not is_here_only(listens):
        return [_at(listens, seen)]
    return [_at(host, seen) for host in own_addresses()]


def own_addresses() -> list[str]:
    """This computer's IPv4 addresses on its networks, that of the way out first; asked anew each time, for networks change."""
    found = [*_way_out(), *_of_interfaces(), *_of_own_name()]
    usable = [a for a in found if not is_here_only(a) and not ipaddress.ip_address(a).is_link_local]
    return list(dict.fromkeys(usable))


def _way_out() -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
        except OSError:  # on no network
            return
        yield str(probe.getsockname()[0])


def _of_interfaces() -> Iterator[str]:
    if sys.platform != "linux":
        return
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(probe.fileno(), INTERFACE_ADDRESS, struct.pack("256s", name.encode()[:15]))
            except OSError:  # an interface without an address
                continue
            yield socket.inet_ntoa(answer[20:24])


def _of_own_name() -> Iterator[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:  # a computer that does not know its own name
        return
    yield from (str(address[0]) for *_, address in found)


def _at(host: str, seen: str) -> str:
    """The address ``seen``, at another host."""
    parts = urlsplit(seen)
    name = f"[{host}]" if ":" in host and not host.startswith("[") else host
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, name + port, parts.path, "", ""))
