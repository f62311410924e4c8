"""Closed vocabularies of the job tables; each is also a CHECK in the database."""

from django.db import models


class RunState(models.TextChoices):
    PLANNING = "planning"
    QUEUED = "queued"
    RUNNING = "running"
    VERIFYING = "verifying"
    PAUSED = "paused"
    CANCELING = "canceling"
    CANCELED = "canceled"
    FINISHED = "finished"
    FINISHED_WITH_ERRORS = "finished_with_errors"
    ERROR = "error"


TERMINAL_STATES = frozenset(
    {RunState.CANCELED, RunState.FINISHED, RunState.FINISHED_WITH_ERRORS, RunState.ERROR}
)


class Wanted(models.TextChoices):
    """The user's will; only the reconciler turns it into a state."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"


class PauseReason(models.TextChoices):
    NONE = ""
    USER = "user"
    NO_SPACE = "no_space"
    QUOTA = "quota"
    STORAGE = "storage"
    FAILURE_BUDGET = "failure_budget"
    MAINTENANCE = "maintenance"


class StepState(models.TextChoices):
    WAITING = "waiting"
    READY = "ready"
    RUNNING = "running"
    CLOSING = "closing"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


class Executor(models.TextChoices):
    CHILD = "child"
    CONTROL = "control"


class StepScope(models.TextChoices):
    ONCE = "once"
    BLOCKS = "blocks"
    LAYERS = "layers"
    PARTS = "parts"


class ResourceClass(models.TextChoices):
    CPU = "cpu"
    MEM = "mem"
    IO = "io"
    INGEST = "ingest"
    CONTROL = "control"
    LIVE = "live"


class ChunkKind(models.TextChoices):
    BLOCKS = "blocks"
    CLOSING = "closing"


class ChunkState(models.TextChoices):
    PENDING = "pending"
    LEASED = "leased"
    DONE = "done"
    CANCELED = "canceled"


class BlockState(models.TextChoices):
    PENDING = "pending"
    DONE = "done"
    SKIPPED = "skipped"
    DEGRADED = "degraded"
    QUARANTINED = "quarantined"
    WAIVED = "waived"


class SlotScope(models.TextChoices):
    ORGANISATION = "organisation"
    RUN = "run"


class EventKind(models.TextChoices):
    PLAN = "plan"
    CLAIM = "claim"
    COMMIT = "commit"
    ALREADY = "already"
    FENCED = "fenced"
    FAIL = "fail"
    EXPIRE = "expire"
    SPLIT = "split"
    QUARANTINE = "quarantine"
    WAIVE = "waive"
    FINISH = "finish"
    RELEASE = "release"
    STATE = "state"
    CLOSE = "close"
    PUBLISH = "publish"
    VOID = "void"
    NONDETERMINISTIC = "nondeterministic"
    ALERT = "alert"


class CommitAnswer(models.TextChoices):
    """What a commit call says; ``already`` means success."""

    COMMIT = "commit"
    ALREADY = "already"
    FENCED = "fenced"
    FAIL = "fail"
    QUARANTINE = "quarantine"
    NONDETERMINISTIC = "nondeterministic"


class LeaseAnswer(models.TextChoices):
    """What a renewal says: go on, stop at the block edge, or stop now."""

    OK = "ok"
    LOST = "lost"
    PAUSE = "pause"
    CANCEL = "cancel"
