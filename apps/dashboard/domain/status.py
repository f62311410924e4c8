"""The six looks of a status; always an icon and a word (the icon's name is the tone's)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Badge:
    """tone: good, running, attention, failed, paused or waiting."""

    tone: str
    word: str


JOB_BADGES = {
    "created": Badge("waiting", "Planning"),
    "queued": Badge("waiting", "Queued"),
    "running": Badge("running", "Running"),
    "paused": Badge("paused", "Paused"),
    "finished": Badge("good", "Finished"),
    "finished_with_errors": Badge("attention", "Finished with errors"),
    "error": Badge("failed", "Error"),
    "canceling": Badge("waiting", "Canceling"),
    "canceled": Badge("waiting", "Canceled"),
}
STEP_BADGES = {
    "waiting": Badge("waiting", "Waiting"),
    "ready": Badge("waiting", "Ready"),
    "running": Badge("running", "Running"),
    "closing": Badge("running", "Closing"),
    "done": Badge("good", "Done"),
    "failed": Badge("failed", "Failed"),
    "canceled": Badge("waiting", "Canceled"),
}
MODEL_BADGES = {
    "candidate": Badge("attention", "Candidate"),
    "promoted": Badge("good", "Promoted"),
    "retired": Badge("waiting", "Retired"),
}
PAUSE_WORDS = {
    "user": "Paused by a person.",
    "no_space": "The store is nearly full. The job resumes by itself when there is space.",
    "quota": "The budget is used up. A manager can raise it; then resume.",
    "storage": "The store does not answer. The job resumes by itself when it does.",
    "failure_budget": "Too many blocks failed for one reason. Look at the failures, then resume.",
    "maintenance": "The installation is being maintained. The job resumes by itself.",
}
ENDED = frozenset({"finished", "finished_with_errors", "error", "canceled"})
UNKNOWN = Badge("waiting", "Unknown")


def job_badge(status: str) -> Badge:
    return JOB_BADGES.get(status, UNKNOWN)


def job_actions(status: str) -> tuple[str, ...]:
    """Return what a person can do with a job in a state; nothing that cannot work is offered."""
    if status == "paused":
        return ("resume", "cancel")
    if status == "canceling" or status == "finished":
        return ()
    return ("retry",) if status in ENDED else ("pause", "cancel")
