"""The verb ``up``: everything in order, watched until asked to stop, stopped in reverse."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from controlcenter.supervisor import environment, fleet, leftovers, readiness
from controlcenter.supervisor.errors import SupervisorError
from controlcenter.supervisor.layout import Layout
from controlcenter.supervisor.lock import SupervisorLock
from controlcenter.supervisor.managed import Managed
from controlcenter.supervisor.prepared import code_mark, is_marked, set_mark
from controlcenter.supervisor.say import say
from controlcenter.supervisor.services import Services

READY_SECONDS = 180.0
CHECK_SERVICES_SECONDS = 5.0
DEMO_LOG_INS = "manager, producer, interpreter, viewer, stranger"


class Up:
    """One run of the system. ``run`` returns the exit code."""

    def __init__(self, layout: Layout, *, host: str, port: int) -> None:
        self.layout = layout
        self.host = host
        self.port = port
        self.services = Services.of(layout)
        self.fleet: list[Managed] = []
        self.stop_asked = False
        self.began = time.monotonic()

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_stop)
        with SupervisorLock(self.layout.lock) as lock:
            lock.acquire(port=self.port)
            try:
                self._start()
                self._watch()
            finally:
                self._stop()
        return 0

    def _ask_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_asked = True

    def _start(self) -> None:
        if left := leftovers.end_all(self.layout):
            say(f"ended what an earlier start left behind: {', '.join(left)}")
        readiness.require_free(self.host, self.port)
        self._start_services()
        told = environment.for_django(self.services, port=self.port)
        self._prepare(told)
        if self.stop_asked:
            return
        self._launch(fleet.compute(self.layout, told))
        self._launch(fleet.web(self.layout, told, host=self.host, port=self.port))
        self._launch(fleet.control(self.layout, told))
        self._launch(fleet.tiler(self.layout, environment.for_tiler(self.services)))
        if self._await_ready():
            self._announce()
            self._launch_background(told)

    def _start_services(self) -> None:
        if self.layout.cluster_is_elsewhere and self.services.cluster:
            say(
                f"user postgres cannot reach {self.layout.var}; "
                f"the database lives in {self.layout.fallback} (make clean removes it)"
            )
        self.services.ensure()
        for name in ("redis", "postgres"):
            if name in self.services.started:
                say(f"{name} started")
            elif getattr(self.services, {"redis": "broker", "postgres": "cluster"}[name]):
                say(f"{name} was running and is taken over")
            else:
                say(f"{name}: the given address is used")

    def _launch(self, process: Managed) -> None:
        self.fleet.append(process)
        process.start()
        leftovers.write_note(self.layout, self.fleet)

    def _prepare(self, told: dict[str, str]) -> None:
        """Migrate, synchronise the plugins, make the demo log-ins: one process, one import."""
        mark = code_mark(self.layout.base, demo=_demo())
        if is_marked(self.services.cluster, mark):
            return
        say("preparing the database")
        log = self.layout.logs / "prepare.log"
        with log.open("wb") as output:
            done = subprocess.Popen(
                [sys.executable, "manage.py", "prepare"],
                env=told,
                cwd=self.layout.base,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            while done.poll() is None and not self.stop_asked:
                time.sleep(0.05)
        if self.stop_asked:
            done.terminate()
            done.wait()
        elif done.returncode:
            raise SupervisorError(f"The database could not be prepared:\n{_tail(log)}\n({log})")
        else:
            set_mark(self.services.cluster, mark)

    def _await_ready(self) -> bool:
        say("starting web, tiler and workers")
        until = time.monotonic() + READY_SECONDS
        body: dict[str, object] = {}
        while not self.stop_asked:
            self._revive()
            status, body = readiness.ask(self.port, "/readyz", host=self._local_host())
            if status == 200:
                return True
            if time.monotonic() > until:
                raise SupervisorError(
                    f"Not ready after {READY_SECONDS:.0f} s: {body or 'web does not answer'}. "
                    f"Last lines of the web process:\n{self._last_words('web')}\n"
                    f"All logs: {self.layout.logs}"
                )
            time.sleep(0.25)
        return False

    def _announce(self) -> None:
        shown = "localhost" if self.host in {"127.0.0.1", "0.0.0.0"} else self.host  # noqa: S104
        seconds = time.monotonic() - self.began
        print(f"\n  Control Center is ready: http://{shown}:{self.port}/   ({seconds:.0f} s)")
        if _demo():
            print(f"  Demo log-ins (password: demo): {DEMO_LOG_INS}")
        print("  Ctrl+C stops everything.\n", flush=True)

    def _launch_background(self, told: dict[str, str]) -> None:
        known = _commands(self.layout.base)
        if _demo() and "make_demo" in known:
            self._launch(fleet.command(self.layout, told, "make_demo", "--jobs", name="demo-jobs"))
        catalog = environment.catalog()
        if catalog and "load_catalog_project" in known:
            say(f"loading the catalogue {catalog} as a project (log: catalogue.log)")
            self._launch(
                fleet.command(self.layout, told, "load_catalog_project", catalog, name="catalogue")
            )

    def _watch(self) -> None:
        checked = time.monotonic()
        while not self.stop_asked:
            self._revive()
            if time.monotonic() - checked > CHECK_SERVICES_SECONDS:
                self._revive_services()
                checked = time.monotonic()
            time.sleep(0.2)

    def _revive(self) -> None:
        """Start again what has ended, later each time it ends soon."""
        changed = False
        for process in self.fleet:
            code = process.note_end()
            if code is not None:
                changed = True
                self._tell_end(process, code)
            if process.is_due():
                process.start()
                changed = True
        if changed:
            leftovers.write_note(self.layout, self.fleet)

    def _tell_end(self, process: Managed, code: int) -> None:
        if process.once:
            outcome = "done" if code == 0 else f"failed (exit {code}), see {process.log}"
            say(f"{process.name}: {outcome}")
        else:
            pause = max(0.0, process.not_before - time.monotonic())
            say(f"{process.name} ended (exit {code}); starting it again in {pause:.1f} s")

    def _revive_services(self) -> None:
        broker, cluster = self.services.broker, self.services.cluster
        for name, part in (("redis", broker), ("postgres", cluster)):
            if part is None or part.answers():
                continue
            say(f"{name} does not answer; starting it again")
            try:
                part.ensure()
            except SupervisorError as error:
                say(str(error))

    def _stop(self) -> None:
        say("stopping")
        for process in reversed(self.fleet):
            process.ask_to_stop()  # they end side by side; the services go last
        for process in reversed(self.fleet):
            process.stop()
        self.layout.tiler_socket.unlink(missing_ok=True)
        self.layout.processes.unlink(missing_ok=True)
        self.services.stop()
        say("stopped")

    def _last_words(self, name: str) -> str:
        return next((p.last_words() for p in self.fleet if p.name == name), "(not started)")

    def _local_host(self) -> str:
        return "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104


def _demo() -> bool:
    return os.environ.get("DEMO", "1").strip().lower() not in {"0", "false", "no", "off"}


def _commands(base: Path) -> set[str]:
    """Names of the management commands, seen without loading Django."""
    return {path.stem for path in base.glob("apps/*/management/commands/[a-z]*.py")}


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
