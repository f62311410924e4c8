"""Edits from several writers at once: none is lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from apps.core.errors import StaleEdit
from apps.samples.models import ReferenceSample, SampleRevision
from apps.samples.services import sample_create, sample_set_create, sample_update
from tests.factories import make_project

WRITERS, EDITS = 4, 8
PLACE = {"type": "Point", "coordinates": [22.15, 45.2]}


@contextmanager
def own_connection() -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()


def edits_accepted(sample_id: Any, writer: int) -> int:
    accepted = 0
    with own_connection():
        for number in range(EDITS):
            sample = ReferenceSample.objects.get(pk=sample_id)
            changes = {"source": f"{writer}-{number}"}
            try:
                sample_update(sample=sample, changes=changes, if_match=sample.revision, user=None)
            except StaleEdit:
                continue
            accepted += 1
    return accepted


@pytest.mark.django_db(transaction=True)
def test_accepted_edits_equal_the_revisions() -> None:
    project = make_project()
    target = sample_set_create(project=project, name="s", user=project.created_by)
    sample = sample_create(sample_set=target, geometry=PLACE, values={}, user=None)
    with ThreadPoolExecutor(WRITERS) as pool:
        accepted = sum(pool.map(lambda n: edits_accepted(sample.pk, n), range(WRITERS)))
    sample.refresh_from_db()
    assert accepted >= EDITS
    assert sample.revision == 1 + accepted
    assert SampleRevision.objects.filter(sample=sample).count() == 1 + accepted
