"""Processes of a supervisor that was killed: noted while it lives, ended by the next one."""

import json
import os
import signal
from collections.abc import Iterable

from controlcenter.supervisor import procs
from controlcenter.supervisor.layout import Layout
from controlcenter.supervisor.managed import Managed


def write_note(layout: Layout, fleet: Iterable[Managed]) -> None:
    """Keep pid and start time of every process, so that a stranger's pid is never mistaken."""
    note = {process.name: process.describe() for process in fleet if process.is_running()}
    draft = layout.processes.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(note))
    draft.rename(layout.processes)


def running(layout: Layout) -> dict[str, int]:
    """Return name → pid of the noted processes that are still the same ones."""
    try:
        note = json.loads(layout.processes.read_text())
    except (OSError, ValueError):
        return {}
    return {
        name: entry["pid"]
        for name, entry in note.items()
        if entry.get("started") and procs.started_at(entry["pid"]) == entry["started"]
    }


def end_all(layout: Layout) -> list[str]:
    """End what a dead supervisor left behind; return the names."""
    found = running(layout)
    for pid in found.values():
        procs.send(pid, signal.SIGTERM)
    for pid in found.values():
        procs.end(pid, first=signal.SIGTERM, seconds=10, group=True)
    layout.processes.unlink(missing_ok=True)
    return list(found)
