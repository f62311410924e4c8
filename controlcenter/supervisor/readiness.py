"""Asking the running system how it is."""

import http.client
import json
import socket

from controlcenter.supervisor.errors import SupervisorError


def ask(port: int, path: str, *, host: str = "127.0.0.1") -> tuple[int, dict[str, object]]:
    """Return (status, body) of one GET; status 0 means that nobody answered."""
    link = http.client.HTTPConnection(host, port, timeout=5)
    try:
        link.request("GET", path, headers={"Host": "localhost"})
        answer = link.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        return 0, {}
    finally:
        link.close()
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = {}
    return answer.status, parsed if isinstance(parsed, dict) else {}


def require_free(host: str, port: int) -> None:
    """Refuse early when something else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SupervisorError(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                f"Choose another one:  make run PORT={port + 1}"
            ) from error
