"""What a closed step leaves for people: its report, dropped scenes, warnings of the kernel."""

from collections import Counter

from apps.jobs.enums import BlockState
from apps.jobs.models import Block, Result, Run, Step
from apps.jobs.services.planning import run_warning_add

MAX_NAMED = 20
MAX_RESULTS = 2000


def step_notes_collect(run: Run, step: Step) -> None:
    """Write the report of a one-block step and turn drops, holes and warnings into sentences."""
    if step.scope == "once" and step.executor == "child" and not step.report:
        result = Result.objects.filter(blocks__step=step).first()
        if result is not None:
            step.report = result.report
            step.save(update_fields=["report"])
    for text in _dropped(step) + _failed(step) + _said(step):
        run_warning_add(run, text)


def _dropped(step: Step) -> list[str]:
    results = Result.objects.filter(blocks__step=step, blocks__state=BlockState.DEGRADED)
    rows = results.values_list("dropped_inputs", flat=True)[:MAX_RESULTS]
    counts: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    names: dict[str, str] = {}
    for dropped in rows:
        for entry in dropped:
            counts[entry["id"]] += 1
            name = names.setdefault(entry["id"], entry.get("name") or entry["id"])
            reasons.setdefault(entry["id"], entry.get("reason", "").removeprefix(f"{name}: "))
    named = [
        f"Scene {names[scene]} was left out of {count} block(s): {reasons[scene]}"
        for scene, count in counts.most_common(MAX_NAMED)
    ]
    if len(counts) > MAX_NAMED:
        named.append(f"{len(counts) - MAX_NAMED} more scenes were left out of blocks.")
    return named


def _failed(step: Step) -> list[str]:
    """One sentence a group of failures (class and signature), with count and an example."""
    blocks = Block.objects.filter(step=step, state=BlockState.QUARANTINED).order_by("iy", "ix")
    rows = blocks.values_list("error_class", "error_signature", "ix", "iy", "error_message")
    groups: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for error_class, signature, ix, iy, message in rows[:MAX_RESULTS]:
        groups.setdefault((error_class, signature), []).append((ix, iy, message))
    return [
        f"{step.title}: {len(members)} block(s) failed ({error_class}), "
        f"for example block ({members[0][0]}, {members[0][1]}): {members[0][2]}"
        for (error_class, _), members in list(groups.items())[:MAX_NAMED]
    ]


def _said(step: Step) -> list[str]:
    rows = Result.objects.filter(blocks__step=step).exclude(warnings=[])
    texts: dict[str, None] = {}
    for warnings in rows.values_list("warnings", flat=True)[:MAX_RESULTS]:
        texts.update(dict.fromkeys(warnings))
    return list(texts)[:MAX_NAMED]
