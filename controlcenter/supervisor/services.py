"""Database and broker together: private ones, or those whose addresses are given."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from controlcenter.supervisor.broker import Broker
from controlcenter.supervisor.layout import Layout
from controlcenter.supervisor.postgres import Cluster


@dataclass
class Services:
    """``started`` names the parts this process brought up (and therefore may stop)."""

    layout: Layout
    cluster: Cluster | None
    broker: Broker | None
    started: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, layout: Layout) -> "Services":
        """Private parts for whatever DATABASE_URL and REDIS_URL leave open."""
        return cls(
            layout,
            cluster=None if os.environ.get("DATABASE_URL") else Cluster.of(layout),
            broker=None if os.environ.get("REDIS_URL") else Broker(layout),
        )

    def ensure(self) -> None:
        self.layout.make_folders()
        if self.broker and self.broker.ensure():
            self.started.append("redis")
        if self.cluster and self.cluster.ensure():
            self.started.append("postgres")
        self._write_addresses()

    def stop(self) -> None:
        if self.broker:
            self.broker.stop()
        if self.cluster:
            self.cluster.stop()
        self.layout.services.unlink(missing_ok=True)
        self.layout.keep.unlink(missing_ok=True)
        self.layout.remove_short_lived()

    def addresses(self) -> dict[str, str]:
        """The variables that every other process of this checkout needs."""
        return {
            "VAR_DIR": str(self.layout.var),
            "DATABASE_URL": self.cluster.url if self.cluster else os.environ["DATABASE_URL"],
            "REDIS_URL": self.broker.url if self.broker else os.environ["REDIS_URL"],
            "TILER_SOCKET": os.environ.get("TILER_SOCKET") or str(self.layout.tiler_socket),
        }

    def _write_addresses(self) -> None:
        draft = Path(f"{self.layout.services}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(self.addresses(), indent=1))
        draft.rename(self.layout.services)
