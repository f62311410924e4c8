"""The manifest of the workers as rows, and the workflows on offer."""

import subprocess
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.core.errors import NotFound, Unavailable
from apps.products import gateways
from apps.products.selectors import (
    kernel_get,
    manifest_versions,
    plugin_specs,
    workflow_get,
)
from apps.products.services import manifest_store, plugins_sync
from tests.factories import api_as, make_user
from workers.contracts.manifest import Manifest
from workers.contracts.plugins import IndexSpec, KernelSpec, StepSpec, WorkflowSpec

pytestmark = pytest.mark.django_db
STEP = StepSpec(name="check", title="Check", kernel="check_block")


def manifest(**changes: Any) -> Manifest:
    values = {
        "kernels": (KernelSpec(slug="check_block", title="Check", resource_class="cpu"),),
        "indices": (IndexSpec(slug="ndvi", title="NDVI", expression="(nir-red)/(nir+red)"),),
        "workflows": (
            WorkflowSpec(
                slug="check",
                title="Check",
                version="1",
                parameters_schema={"type": "object"},
                steps=(STEP,),
            ),
            WorkflowSpec(slug="hidden", title="H", version="1", steps=(STEP,), public=False),
        ),
        "code_sha": {"check_block": "ab" * 32},
        "versions": {"numpy": "2.5.5"},
    }
    return Manifest(**(values | changes))


def test_the_manifest_is_read_back_as_contracts() -> None:
    manifest_store(manifest())
    assert plugin_specs("index")[0].expression == "(nir-red)/(nir+red)"
    assert kernel_get("check_block")[1] == "ab" * 32
    assert manifest_versions() == {"numpy": "2.5.5"}
    assert workflow_get("hidden").steps == (STEP,)


def test_what_the_manifest_no_longer_holds_is_off() -> None:
    manifest_store(manifest())
    manifest_store(manifest(indices=(), workflows=()))
    assert plugin_specs("index") == []
    with pytest.raises(NotFound, match="no workflow 'check'; known: none"):
        workflow_get("check")
    manifest_store(manifest())
    assert workflow_get("check").title == "Check"


def test_unknown_workflows_name_the_known_ones() -> None:
    manifest_store(manifest())
    with pytest.raises(NotFound, match="no workflow 'nope'; known: check"):
        workflow_get("nope")
    with pytest.raises(NotFound, match="no kernel 'nope'"):
        kernel_get("nope")


def test_public_workflows_are_listed_with_schema_and_steps() -> None:
    manifest_store(manifest())
    client = api_as(make_user())
    rows = client.get("/api/v1/workflows/").json()["results"]
    assert [row["slug"] for row in rows] == ["check"]
    assert rows[0]["parameters_schema"] == {"type": "object"}
    assert rows[0]["steps"][0]["kernel"] == "check_block"
    assert rows[0]["version"] == "1"
    assert client.get("/api/v1/workflows/check/").status_code == 200
    assert client.get("/api/v1/workflows/hidden/").status_code == 404


def test_nothing_is_read_again_while_the_sources_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def read() -> Manifest:
        calls.append(1)
        return manifest()

    monkeypatch.setattr("apps.products.services.manifest_read", read)
    assert [plugins_sync(), plugins_sync(), plugins_sync(force=True)] == [True, False, True]
    assert len(calls) == 2


def test_a_broken_plugin_fails_loudly_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manifest_store(manifest())

    def run(*args: Any, **kwargs: Any) -> Any:
        return subprocess.CompletedProcess([], 1, "", "Traceback\nPluginError: x.py has no SPEC")

    monkeypatch.setattr("apps.products.gateways.subprocess.run", run)
    with pytest.raises(Unavailable, match=r"PluginError: x\.py has no SPEC"):
        gateways.manifest_read()
    with pytest.raises(CommandError, match="no SPEC"):
        call_command("sync_plugins", "--force")
    assert workflow_get("check").slug == "check"


def test_the_real_manifest_is_read_from_a_process_of_its_own() -> None:
    found = gateways.manifest_read()
    assert {spec.slug for spec in found.kernels} >= {"check_block"}
    assert set(found.code_sha) == {spec.slug for spec in found.kernels}
