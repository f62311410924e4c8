"""Rows of jobs: what was asked, how it is worked off, what came out, who works."""

from apps.jobs.models.events import Bell, JobEvent, Outbox, Slot, WorkerSession
from apps.jobs.models.job import Job, Run, RunCounter
from apps.jobs.models.results import Result, ResultObject
from apps.jobs.models.work import Block, Chunk, Step

__all__ = [
    "Bell",
    "Block",
    "Chunk",
    "Job",
    "JobEvent",
    "Outbox",
    "Result",
    "ResultObject",
    "Run",
    "RunCounter",
    "Slot",
    "Step",
    "WorkerSession",
]
