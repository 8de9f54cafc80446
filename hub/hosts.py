"""Which names the hub goes by: read from settings, asked of the machine, looked up for each request."""

from __future__ import annotations

import ipaddress
import re
import socket
import struct
from collections.abc import Collection
from urllib.parse import urlsplit

# A browser asks these names of its own machine alone: nobody else can give them a meaning.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
EVERYWHERE = frozenset({"0.0.0.0", "::", "[::]", ""})  # noqa: S104 - what `--host` may say
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_GIVEN = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:(?P<port>[1-9][0-9]{0,4}))?", re.IGNORECASE)
_SIOCGIFADDR = 0x8915  # Linux: the IPv4 address of a network interface


def plain_name(text: str) -> str | None:
    """A host's name or address in the one way of writing it that is compared; ``None`` when it is none."""
    name = text.strip().lower().removesuffix(".")
    try:
        address = ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
        return name if len(name) <= 253 and _NAME.fullmatch(name) else None
    return f"[{address.compressed}]" if address.version == 6 else str(address)


def asked_host(header: str) -> tuple[str, str] | None:
    """The name and the ``:port`` (or nothing) of a request's ``Host``; ``None`` when it is no host."""
    given = _GIVEN.fullmatch(header)
    name = plain_name(given["name"]) if given else None
    if given is None or name is None or int(given["port"] or 1) > 65535:
        return None
    return name, f":{given['port']}" if given["port"] else ""


def is_allowed(name: str, allowed: Collection[str]) -> bool:
    """Whether a name is on the list: itself, or below one that is written with a dot in front."""
    return name in allowed or any(
        name == known[1:] or name.endswith(known) for known in allowed if known.startswith(".")
    )


def parse_hosts(text: str) -> tuple[str, ...]:
    """``HUB_ALLOWED_HOSTS``: names with commas or spaces between them.

    :raises ValueError: saying which of them is no name of a host.
    """
    hosts = []
    for given in re.split(r"[,\s]+", text.strip()):
        if not given:
            continue
        name = plain_name(given.removeprefix("."))
        if name is None:
            raise ValueError(
                f"{given!r} is not a host name: give names such as hub.example or .example (with everything "
                "below it), without https://, port or path, and no *"
            )
        hosts.append("." + name if given.startswith(".") else name)
    return tuple(dict.fromkeys(hosts))


def parse_public_url(text: str) -> str:
    """``HUB_PUBLIC_URL``: scheme and host, and a port where it is not the usual one; no slash at its end.

    :raises ValueError: saying what it may not hold.
    """
    address = text.strip()
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"it is no address ({error})") from error
    if port == 0:
        raise ValueError("it is no address (port 0)")
    name = plain_name(parts.hostname or "")
    if parts.scheme not in ("http", "https") or name is None or re.search(r"[\s\\]", address):
        raise ValueError("give the address that people open, such as https://hub.example")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it may hold no user name or password")
    if parts.path.strip("/") or parts.query or parts.fragment or "?" in address or "#" in address:
        raise ValueError("it may hold no path: the hub is served at the root of a host")
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{name}" + (f":{port}" if port and port != usual else "")


def parse_issuer(text: str) -> str:
    """``HUB_OIDC_ISSUER``: who a provider says it is, character for character, for that is how it is compared.

    :raises ValueError: saying what it may not hold; what anybody on the way could change is refused.
    """
    issuer = text.strip()
    if not issuer:
        return ""
    try:
        parts = urlsplit(issuer)
        name = plain_name(parts.hostname or "")
        _port = parts.port
    except ValueError as error:
        raise ValueError(f"it is no address ({error})") from error
    if name is None or re.search(r"[\s\\?#@]", issuer):
        raise ValueError(
            "give the issuer as the provider writes it, such as https://login.example/realms/city"
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and name in LOOPBACK):
        raise ValueError("it must begin with https://, but on this machine itself")
    return issuer


def host_of(address: str) -> str:
    """The name in an address that :func:`parse_public_url` has read."""
    return plain_name(urlsplit(address).hostname or "") or ""


def served_hosts(bound: str) -> tuple[str, ...]:
    """The names by which a server that listens at ``bound`` can be reached: that one, or all of this machine."""
    if bound not in EVERYWHERE:
        name = plain_name(bound)
        return (name,) if name else ()
    hostname = plain_name(socket.gethostname())
    names = [hostname, f"{hostname}.local"] if hostname and hostname != "localhost" else []
    return ("0.0.0.0", *_addresses(), *names)  # noqa: S104 - a name that is typed, not one that is bound


def _addresses() -> list[str]:
    """This machine's own IPv4 addresses, as its network interfaces say."""
    import fcntl

    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _number, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(probe, _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # it has none
            found.append(socket.inet_ntoa(answer[20:24]))
    return [address for address in dict.fromkeys(found) if address not in LOOPBACK]
