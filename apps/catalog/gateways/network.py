"""The one outgoing request of the web plane: a catalogue document from an allowed host.

The address is resolved first, every answer is checked, and the connection goes to the checked
address, so that a name cannot point elsewhere a moment later.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection
from urllib.parse import urlsplit

from apps.core.errors import InvalidInput, Unavailable

TIMEOUT_SECONDS = 10.0
MAX_BYTES = 20 * 1024 * 1024
CHUNK = 65_536
ACCEPTED = {"Accept": "application/json, application/geo+json"}


class _PinnedConnection(http.client.HTTPSConnection):
    """A TLS connection to one address; the certificate is checked against the host's name."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._context = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT_SECONDS, context=self._context)
        self._address = address

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), timeout=TIMEOUT_SECONDS)
        self.sock = self._context.wrap_socket(raw, server_hostname=self.host)


def fetch_json(url: str, *, hosts: Collection[str], body: str = "") -> bytes:
    """Return a JSON document, asked for with POST when there is a ``body`` (JSON text).

    No redirects, at most 20 MB and 10 seconds.

    Raises InvalidInput for an address that may not be asked, Unavailable when it does not answer.
    """
    host, port, target = address_check(url, hosts=hosts)
    addresses = _resolved(host, port)
    connection = _PinnedConnection(host, port, addresses[0])
    try:
        if body:
            headers = {**ACCEPTED, "Content-Type": "application/json"}
            connection.request("POST", target, body=body.encode(), headers=headers)
        else:
            connection.request("GET", target, headers=ACCEPTED)
        return _body(connection.getresponse(), url)
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(
            f"{url}: the host does not answer ({error}).",
            advice="Check the address, or try again when the host is up.",
        ) from error
    finally:
        connection.close()


def address_check(url: str, *, hosts: Collection[str]) -> tuple[str, int, str]:
    """Return (host, port, target) of an https address whose host is listed.

    Raises InvalidInput for anything else: another scheme, user information, an unlisted host.
    """
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in url) or "\\" in url:
        raise InvalidInput(f"{url[:200]!r} is not an address.")
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError as error:
        raise InvalidInput(f"{url[:200]!r} is not an address.") from error
    if parts.scheme != "https":
        raise InvalidInput(f"{url[:200]}: only https addresses are read.")
    if "@" in parts.netloc:
        raise InvalidInput("An address must not carry a user name or password.")
    host = (parts.hostname or "").rstrip(".").lower()
    if not host or host not in {name.lower() for name in hosts}:
        raise InvalidInput(
            f"The host {host!r} is not among the allowed hosts of this installation.",
            advice="An operator can add it to CATALOG_HOSTS.",
        )
    return host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unavailable(
            f"The host {host} cannot be found.", advice="Check the address for a slip."
        ) from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_public(address):
            raise InvalidInput(f"The host {host} is not on the public internet.")
    return addresses


def is_public(address: str) -> bool:
    """Return whether an IP address is neither private, local, multicast nor a mapped one."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (ip.ipv4_mapped or ip.sixtofour or ip.teredo):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _body(answer: http.client.HTTPResponse, url: str) -> bytes:
    if answer.status != http.client.OK:
        raise InvalidInput(f"{url}: answered {answer.status}; redirects are not followed.")
    kind = (answer.getheader("Content-Type") or "").split(";")[0].strip().lower()
    if not (kind in ("application/json", "application/geo+json") or kind.endswith("+json")):
        raise InvalidInput(f"{url}: is {kind or 'of no stated type'}, not JSON.")
    end = time.monotonic() + TIMEOUT_SECONDS
    parts: list[bytes] = []
    size = 0
    while chunk := answer.read(CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise InvalidInput(f"{url}: is larger than {MAX_BYTES // 1024**2} MB.")
        if time.monotonic() > end:
            raise Unavailable(f"{url}: took longer than {TIMEOUT_SECONDS:.0f} s.")
        parts.append(chunk)
    return b"".join(parts)
