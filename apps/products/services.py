"""Writes: make the rows equal to the manifest."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from apps.accounts.services import audit_record
from apps.products.enums import PluginKind
from apps.products.gateways import manifest_read, source_sha
from apps.products.models import ManifestState, PluginRow, WorkflowTemplate
from apps.products.selectors import manifest_source_sha
from workers.contracts.base import sha256_of
from workers.contracts.manifest import Manifest


def plugins_sync(*, force: bool = False) -> bool:
    """Bring the rows up to date; returns False when the sources have not changed since."""
    sources = source_sha()
    if not force and sources == manifest_source_sha():
        return False
    manifest_store(manifest_read(), source_sha=sources)
    return True


@transaction.atomic
def manifest_store(manifest: Manifest, *, source_sha: str = "") -> None:
    """Write a manifest; what it no longer holds becomes inactive, nothing is deleted."""
    by_kind: dict[str, Iterable[Any]] = {
        PluginKind.SENSOR: manifest.sensors,
        PluginKind.INDEX: manifest.indices,
        PluginKind.CLASSIFIER: manifest.classifiers,
        PluginKind.KERNEL: manifest.kernels,
        PluginKind.PRODUCT: manifest.products,
    }
    for kind, specs in by_kind.items():
        _plugins_write(kind, specs, manifest.code_sha)
    _workflows_write(manifest.workflows)
    state, _ = ManifestState.objects.update_or_create(
        id=1,
        defaults={
            "versions": manifest.versions,
            "parameters": manifest.parameters,
            "source_sha": source_sha,
        },
    )
    after = {"manifest": sha256_of(manifest)}
    audit_record(actor=None, action="plugins.sync", obj=state, after=after)


def _plugins_write(kind: str, specs: Iterable[Any], code_sha: dict[str, str]) -> None:
    slugs = []
    for spec in specs:
        slugs.append(spec.slug)
        values = {
            "spec": spec.model_dump(mode="json"),
            "spec_sha": sha256_of(spec),
            "code_sha": code_sha.get(spec.slug, "") if kind == PluginKind.KERNEL else "",
            "active": True,
        }
        PluginRow.objects.update_or_create(kind=kind, slug=spec.slug, defaults=values)
    PluginRow.objects.filter(kind=kind).exclude(slug__in=slugs).update(active=False)


def _workflows_write(specs: Iterable[Any]) -> None:
    slugs = []
    for spec in specs:
        slugs.append(spec.slug)
        values = {
            "title": spec.title,
            "version": spec.version,
            "spec": spec.model_dump(mode="json"),
            "spec_sha": sha256_of(spec),
            "active": True,
        }
        WorkflowTemplate.objects.update_or_create(slug=spec.slug, defaults=values)
    WorkflowTemplate.objects.exclude(slug__in=slugs).update(active=False)
