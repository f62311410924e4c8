"""The five statements of work: claim, renew, commit, finish, reap. Each is one autocommit call."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import connection

from apps.core.failpoints import failpoint
from apps.jobs.domain import BlockOutcome, Lease
from apps.jobs.enums import CommitAnswer, LeaseAnswer


def chunk_claim(session: str, classes: Sequence[str], *, hint: int = 0, ttl: float) -> Lease | None:
    """Lease the next chunk of one of the classes for ``ttl`` seconds, or return None."""
    failpoint("claim.before")
    row = _call(
        "SELECT * FROM jobs_chunk_claim(%s, %s, %s, %s)", [session, list(classes), hint, ttl]
    )
    failpoint("claim.after")
    if row is None:
        return None
    chunk, epoch, step, run, seq, params_sha, resource_class = row
    return Lease(
        chunk=chunk,
        epoch=epoch,
        step=str(step),
        run=str(run),
        seq=seq,
        params_sha=params_sha,
        session=str(session),
        resource_class=resource_class,
    )


def chunk_renew(lease: Lease, *, ttl: float) -> LeaseAnswer:
    """Prolong a lease; the answer also carries the user's will."""
    failpoint("renew.before")
    row = _call(
        "SELECT jobs_chunk_renew(%s, %s, %s, %s)", [lease.session, lease.chunk, lease.epoch, ttl]
    )
    return LeaseAnswer(row[0] if row else "lost")


def block_commit(lease: Lease, ix: int, iy: int, outcome: BlockOutcome) -> CommitAnswer:
    """Settle one block under the lease's epoch; ``already`` means success."""
    failpoint("commit.before")
    row = _call(
        "SELECT jobs_block_commit(%s, %s, %s, %s, %s, %s, %s::jsonb)",
        [lease.session, lease.chunk, lease.epoch, lease.params_sha, iy, ix, _as_json(outcome)],
    )
    failpoint("commit.after")
    return CommitAnswer(row[0] if row else "fenced")


def chunk_finish(lease: Lease, *, delay: float = 0.0) -> str:
    """Give a chunk back: ``finish`` when all is settled, ``release`` when not, or ``fenced``."""
    failpoint("chunk.finish.before")
    row = _call(
        "SELECT jobs_chunk_finish(%s, %s, %s, %s)",
        [lease.session, lease.chunk, lease.epoch, delay],
    )
    return str(row[0]) if row else "fenced"


def chunk_reap() -> int:
    """Take back expired leases; returns how many."""
    row = _call("SELECT jobs_chunk_reap()", [])
    return int(row[0]) if row else 0


def _as_json(outcome: BlockOutcome) -> str:
    body = asdict(outcome) | {"content_sha": outcome.content_sha}
    return json.dumps(body, allow_nan=False, default=str).replace("\\u0000", "")


def _call(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
