"""Error classes of the compute plane: one line each, with the decision whether to try again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Handling:
    """How a failure is charged and retried (a block is quarantined after three own failures)."""

    retryable: bool
    charged: bool
    advice: str


class WorkerError(Exception):
    """Base of every error a kernel raises on purpose."""

    kind = "code"


class InputError(WorkerError):
    """An input cannot be read or is not what the catalogue says. Names the file or scene."""

    kind = "input"


class SceneUnreadable(InputError):
    """One scene's asset is missing, truncated or not as catalogued; carries the scene id."""

    def __init__(self, scene_id: str, asset: str, reason: str) -> None:
        super().__init__(f"Scene {scene_id}, asset {asset}: {reason}")
        self.scene_id = scene_id
        self.asset = asset
        self.reason = reason


class DataError(WorkerError):
    """Nothing to compute on: no valid pixel or date. Not a fault."""

    kind = "data"


class ParameterError(WorkerError):
    """A parameter cannot be honoured; names the parameter and the remedy."""

    kind = "parameter"


class StorageError(WorkerError):
    """Reading or writing bytes failed for a reason that may pass."""

    kind = "storage"


HANDLING = {
    "infra": Handling(True, False, "The system tries again by itself."),
    "crash": Handling(True, True, "The block crashed the process; see the log of the block."),
    "oom": Handling(True, True, "Use smaller blocks or a larger memory class."),
    "timeout": Handling(True, True, "Use smaller blocks or a longer limit."),
    "storage": Handling(True, False, "Check the disk or the object store."),
    "input": Handling(False, True, "Repair or exclude the named file, then retry."),
    "data": Handling(False, False, "Widen the window or add scenes."),
    "parameter": Handling(False, True, "Change the named parameter and launch again."),
    "code": Handling(True, True, "Report the message; retry after an update."),
}
