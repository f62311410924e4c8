"""Freezing a set: the snapshot a model is trained from."""

from collections import Counter
from typing import Any

from django.db import transaction

from apps.accounts.services import audit_record
from apps.aois.domain import geometry_json
from apps.core.errors import InvalidInput
from apps.core.storage import store_open
from apps.samples.models import ReferenceSample, SampleSet, SampleSetVersion
from apps.samples.selectors import samples_usable
from workers.contracts.base import canonical_json


@transaction.atomic
def sample_set_freeze(*, sample_set: SampleSet, user: Any = None) -> SampleSetVersion:
    """Write the labelled samples of status new and ok to the store as the next version.

    The object is NDJSON, one Feature a line, sorted by id. When nothing changed since the last
    version, that one is returned. Raises InvalidInput when no sample can be used.
    """
    SampleSet.objects.select_for_update().get(pk=sample_set.pk)
    lines: list[str] = []
    counts: Counter[int] = Counter()
    for sample in samples_usable(sample_set).iterator(chunk_size=5_000):
        lines.append(canonical_json(_line(sample)))
        counts[int(sample.class_code or 0)] += 1
    if not lines:
        total = sample_set.samples.filter(deleted_at=None).count()
        raise InvalidInput(
            f"Sample set {sample_set.name!r} has {total} samples, none of them labelled with "
            "status new or ok.",
            advice="Import or label samples first.",
            errors={"sample_set": ["No usable sample."]},
        )
    data = ("\n".join(lines) + "\n").encode()
    last = sample_set.versions.order_by("-number").first()
    stored = store_open().put_bytes(data, ".ndjson")
    if last is not None and last.checksum == stored.sha256:
        return last
    version = SampleSetVersion.objects.create(
        sample_set=sample_set,
        project=sample_set.project,
        number=last.number + 1 if last else 1,
        checksum=stored.sha256,
        object_key=stored.key,
        sha256=stored.sha256,
        size=stored.size,
        count=len(lines),
        class_counts={str(code): counts[code] for code in sorted(counts)},
        created_by=user if getattr(user, "pk", None) else None,
    )
    audit_record(
        actor=user,
        action="sample_set.freeze",
        obj=version,
        project=sample_set.project,
        after={"checksum": stored.sha256, "count": len(lines)},
    )
    return version


def _line(sample: ReferenceSample) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": str(sample.pk),
        "geometry": geometry_json(sample.geometry),
        "properties": {
            "class_code": sample.class_code,
            "group": sample.group,
            "valid_from": sample.valid_from.isoformat() if sample.valid_from else None,
            "valid_to": sample.valid_to.isoformat() if sample.valid_to else None,
            "region": sample.region.code if sample.region else None,
        },
    }
