"""Doorbells: what is rung is answered, however fast the answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.jobs.models import Bell
from apps.jobs.services import bell_answer, bell_ring, bells

pytestmark = pytest.mark.django_db


def test_an_answer_faster_than_the_ring_leaves_no_unheard_bell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def heard_at_once(resource_class: str, *, hint: int, count: int) -> None:
        for _ in range(count):
            bell_answer(resource_class)

    monkeypatch.setattr(bells, "_send", heard_at_once)
    assert bell_ring("control", count=2)
    assert Bell.objects.count() == 2
    assert not Bell.objects.filter(answered_at__isnull=True).exists()


def test_a_bell_that_could_not_be_rung_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(bells, "_send", away)
    assert not bell_ring("control")
    assert not Bell.objects.exists()


def test_an_expired_bell_takes_no_answer_from_a_fresh_one() -> None:
    now = timezone.now()
    old = Bell.objects.create(resource_class="control", rung_at=now - timedelta(minutes=2))
    fresh = Bell.objects.create(resource_class="control", rung_at=now)
    bell_answer("control")
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert old.answered_at is None
    assert fresh.answered_at is not None
