"""Entry points from the queue: a bell says that there is work, never which."""

from celery import shared_task

from apps.jobs.services import bell_answer
from apps.layers.services.sweeping import index_orphans_remove
from apps.orchestration.services.drain import drain as drain_now
from apps.orchestration.services.tending import tend


@shared_task(name="orchestration.tasks.drain", ignore_result=True)
def drain(resource_class: str, hint: int = 0) -> None:
    bell_answer(resource_class)
    drain_now([resource_class], hint=hint)


@shared_task(name="orchestration.tasks.sweep", ignore_result=True, expires=600)
def sweep() -> None:
    index_orphans_remove()


@shared_task(name="orchestration.tasks.reconcile", ignore_result=True, expires=10)
def reconcile() -> None:
    tend()
