"""A damaged object is found before a release is published, and computed again by a retry."""

from pathlib import Path

import pytest

from apps.core.storage import store_open
from apps.jobs.models import Block, Job
from apps.orchestration.services import controls
from tests.builders.main_job import Operator, percentiles
from tests.integration.test_main_job import main_job

pytestmark = [pytest.mark.data, pytest.mark.django_db(transaction=True)]
FEATURES = percentiles(("ndvi",), ("p010", "p050", "p090"))


def test_a_damaged_block_is_not_published_and_a_retry_computes_it_again(
    operator: Operator, data_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = controls.CONTROLS["publish_layers"]

    def damage_then_publish(step: object) -> dict[str, object]:
        block = Block.objects.filter(step__name="predict", result__isnull=False).latest("step__id")
        assert block.result is not None
        path = store_open().path(block.result.files.first().object_key)  # type: ignore[union-attr]
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-7])
        return publish(step)  # type: ignore[arg-type]

    monkeypatch.setitem(controls.CONTROLS, "publish_layers", damage_then_publish)
    with pytest.raises(AssertionError):
        main_job(
            operator, data_root, "slovenia-s2-ndvi", "reference-lulc-2017", FEATURES,
            datetime="2017-01-01/2017-12-31",
        )  # fmt: skip
    monkeypatch.setitem(controls.CONTROLS, "publish_layers", publish)
    job = Job.objects.get(workflow="train_and_map")
    refused = operator.get(f"jobs/{job.pk}/")
    assert refused["status"] == "error"
    assert "does not verify" in refused["error"]["message"]
    assert operator.get("layers/")["count"] == 0
    retried = operator.finish(operator.post(f"jobs/{job.pk}/retry/", {}, expect=200))
    assert retried["status"] == "finished", retried
    assert len(retried["outputs"]["layers"]) == operator.get("layers/")["count"] > 0
