"""``python -m controlcenter.supervisor up | services [-- command] | stop | status | clean``."""

import argparse
import os
import sys
from collections.abc import Sequence

from controlcenter.supervisor import verbs
from controlcenter.supervisor.errors import SupervisorError
from controlcenter.supervisor.layout import Layout, layout_of
from controlcenter.supervisor.up import Up

DESCRIPTION = "Start, watch and stop the processes of this checkout."


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SupervisorError(f"PORT is '{text}'; give a number from 1 to 65535.")
    return int(text)


def _dispatch(verb: str, layout: Layout, command: Sequence[str]) -> int:
    if verb == "up":
        return Up(layout, host=os.environ.get("HOST") or "127.0.0.1", port=_port()).run()
    if verb == "services":
        return verbs.services(layout, command)
    return {"stop": verbs.stop, "status": verbs.status, "clean": verbs.clean}[verb](layout)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="controlcenter.supervisor", description=DESCRIPTION)
    parser.add_argument("verb", choices=["up", "services", "stop", "status", "clean"])
    parser.add_argument("command", nargs=argparse.REMAINDER, help="for services: -- command …")
    given = parser.parse_args(arguments)
    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    try:
        return _dispatch(given.verb, layout_of(), command)
    except SupervisorError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
