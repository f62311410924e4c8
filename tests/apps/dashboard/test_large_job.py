"""The page of a job of 5,000 blocks is made of sums; the time it took is printed."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.enums import Role
from apps.jobs.models import Block, Chunk
from tests.apps.jobs.support import planned_run, plugins_register
from tests.factories.identity import make_project, make_user

pytestmark = pytest.mark.django_db
GRID = {"crs": "EPSG:3035", "resolution": [10, 10], "origin": [4e6, 3e6], "block_size": 512}
CAUSES = ("input reader", "oom block", "crash exit 139")


@pytest.fixture
def large_job(store: Any) -> Any:
    """A job of 100 × 50 blocks, a third of them failed for three causes."""
    plugins_register()
    project = make_project(grid=GRID)
    producer = make_user(role=Role.PRODUCER, project=project)
    job, run = planned_run(project, producer, columns=100, rows=50)
    blocks = Block.objects.filter(step__run=run, step__name="check")
    for number, signature in enumerate(CAUSES):
        blocks.filter(iy__gte=16 * number, iy__lt=16 * number + 5).update(
            state="quarantined", error_class=signature.split()[0], error_signature=signature
        )
    Chunk.objects.filter(step__run=run, step__name="check").update(n_settled=10, n_quarantined=2)
    return job


@pytest.fixture
def client(large_job: Any) -> Client:
    client = Client()
    client.force_login(large_job.created_by)
    return client


def milliseconds(call: Callable[[], Any], rounds: int = 5) -> float:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        assert call().status_code == 200
        times.append(1000 * (time.perf_counter() - begun))
    return round(median(times), 1)


def test_the_page_asks_as_much_for_many_blocks_as_for_few(
    client: Client, large_job: Any, django_assert_max_num_queries: Any
) -> None:
    page = reverse("dashboard:job", args=[large_job.pk])
    with django_assert_max_num_queries(32):
        html = client.get(page).content.decode()
    assert html.count('class="failure-group"') == len(CAUSES)
    assert len(html) < 200_000, "no row of a block is in the page"
    blocks = f"/api/v1/jobs/{large_job.pk}/blocks/?form=compact"
    assert len(client.get(blocks).json()["results"]) == 5000
    print(
        f"5,000 blocks: page {milliseconds(lambda: client.get(page))} ms, "
        f"compact blocks {milliseconds(lambda: client.get(blocks))} ms"
    )
