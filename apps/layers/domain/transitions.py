"""From class to class: how the change layer of two maps is coded, named and coloured. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

SAME = 1
MAX_CODE = 253
SAME_COLOR = "#e2e6eb"

type Legend = Sequence[Mapping[str, Any]]


def transitions_planned(before: Legend, after: Legend) -> dict[str, Any]:
    """Return ``before``, ``after`` (codes), ``codes`` [before][after] and the change ``legend``.

    The same class on both sides is code 1. Every other pair has a code of its own while codes last
    (up to 253), otherwise all pairs that end in a class share that class's code; the table of
    transitions always tells them apart.
    """
    pairs = [(a, b) for a in before for b in after if a["code"] != b["code"]]
    apart = len(pairs) <= MAX_CODE - SAME
    legend = [{"code": SAME, "name": "No change", "color": SAME_COLOR}]
    given: dict[tuple[int, int], int] = {}
    shared: dict[int, int] = {}
    for a, b in pairs:
        code = shared.get(b["code"])
        if code is None:
            code = len(legend) + 1
            legend.append(_entry(code, a, b) if apart else {**b, "code": code, "name": _to(b)})
            if not apart:
                shared[b["code"]] = code
        given[a["code"], b["code"]] = code
    return {
        "before": [cls["code"] for cls in before],
        "after": [cls["code"] for cls in after],
        "codes": [[given.get((a["code"], b["code"]), SAME) for b in after] for a in before],
        "legend": legend,
    }


def transition_table(
    before: Legend, after: Legend, reports: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Add up the blocks: pixels and km² [before][after], and the share that changed.

    ``codes`` [before][after] is what the change layer calls each transition.
    """
    rows, columns = len(before), len(after)
    pixels = [[0] * columns for _ in range(rows)]
    area = [[0.0] * columns for _ in range(rows)]
    for report in reports:
        for i in range(rows):
            for j in range(columns):
                pixels[i][j] += int(report["pixels"][i][j])
                area[i][j] += float(report["area_m2"][i][j])
    total = sum(map(sum, area))
    same = sum(
        area[i][j]
        for i, a in enumerate(before)
        for j, b in enumerate(after)
        if a["code"] == b["code"]
    )
    return {
        "before": [dict(cls) for cls in before],
        "after": [dict(cls) for cls in after],
        "codes": transitions_planned(before, after)["codes"],
        "pixels": pixels,
        "area_km2": [[round(value / 1e6, 6) for value in row] for row in area],
        "changed_km2": round((total - same) / 1e6, 6),
        "changed_share": round((total - same) / total, 6) if total else None,
    }


def _entry(code: int, a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    color = _mixed(str(a["color"]), str(b["color"]))
    return {"code": code, "name": f"{a['name']} → {b['name']}", "color": color}


def _to(b: Mapping[str, Any]) -> str:
    return f"Changed to {b['name']}"


def _mixed(first: str, second: str) -> str:
    """Return three parts of the second colour and one of the first."""
    parts = [(int(first[k : k + 2], 16) + 3 * int(second[k : k + 2], 16)) // 4 for k in (1, 3, 5)]
    return "#" + "".join(f"{part:02x}" for part in parts)
