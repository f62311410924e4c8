"""A confusion matrix as a table: rows are the map, columns the reference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.dashboard.domain.figures import interval, percent

HIT_STEPS = (0.5, 0.65, 0.8, 0.9)
MISS_STEPS = (0.01, 0.03, 0.08, 0.2)
UNKNOWN_COLOR = "#9aa3ae"


@dataclass(frozen=True)
class Cell:
    """``shade`` is a CSS class of one of five steps; empty for an empty cell.

    ``row_share`` and ``column_share``: percent of all that is mapped as, or is, the class.
    """

    value: str
    shade: str
    hit: bool
    title: str
    row: int
    column: int
    row_share: str
    column_share: str


@dataclass(frozen=True)
class Rate:
    value: str
    interval: str


@dataclass(frozen=True)
class Row:
    code: int
    name: str
    color: str
    cells: tuple[Cell, ...]
    total: str
    users_accuracy: Rate
    producers_accuracy: Rate
    f1: Rate
    column_total: str


def step_of(share: float, steps: Sequence[float]) -> int:
    """Return 1 to 5: how many of the four steps a share reaches, plus one."""
    return 1 + sum(share >= step for step in steps)


def matrix_rows(
    *,
    classes: Sequence[int],
    matrix: Sequence[Sequence[float]],
    per_class: Sequence[Mapping[str, Any]],
    legend: Mapping[int, Mapping[str, Any]],
) -> list[Row]:
    """Return the table's rows; shades follow the share of the cell in its row."""
    rates = {int(row["code"]): row for row in per_class}
    columns = [sum(row[j] for row in matrix) for j in range(len(classes))]
    rows = []
    for i, code in enumerate(classes):
        entry = legend.get(int(code), {})
        rate = rates.get(int(code), {})
        total = sum(matrix[i])
        rows.append(
            Row(
                code=int(code),
                name=str(entry.get("name") or f"Class {code}"),
                color=str(entry.get("color") or UNKNOWN_COLOR),
                cells=tuple(
                    _cell(value, (total, columns[j]), hit=i == j, codes=(code, classes[j]))
                    for j, value in enumerate(matrix[i])
                ),
                total=_number(total),
                users_accuracy=class_rate(rate, "users_accuracy"),
                producers_accuracy=class_rate(rate, "producers_accuracy"),
                f1=class_rate(rate, "f1"),
                column_total=_number(columns[i]),
            )
        )
    return rows


def class_rate(rates: Mapping[str, Any], name: str) -> Rate:
    """Return an accuracy of one class: ``name`` with its interval at ``name_ci95``."""
    return Rate(percent(rates.get(name)), interval(rates.get(f"{name}_ci95")))


def rate_of(value: Any) -> Rate:
    """Return an accuracy given as a number or as {value, se, ci95}."""
    if isinstance(value, Mapping):
        return Rate(percent(value.get("value")), interval(value.get("ci95")))
    return Rate(percent(value), "")


def _cell(value: float, totals: tuple[float, float], *, hit: bool, codes: tuple[int, int]) -> Cell:
    row, column = codes
    share, of_reference = (value / total if total else 0.0 for total in totals)
    kind, steps = ("hit", HIT_STEPS) if hit else ("miss", MISS_STEPS)
    shade = f"{kind}-{step_of(share, steps)}" if value else ""
    title = f"Map {row}, reference {column}: {percent(share)} % of the row"
    return Cell(
        value=_number(value),
        shade=shade,
        hit=hit,
        title=title,
        row=row,
        column=column,
        row_share=percent(share),
        column_share=percent(of_reference),
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"


def matrix_total(matrix: Sequence[Sequence[float]]) -> str:
    return _number(sum(sum(row) for row in matrix))


def importance_rows(
    importance: Sequence[Mapping[str, Any]], limit: int = 20
) -> list[dict[str, Any]]:
    """Return the most important features with a bar length in percent of the largest."""
    values: list[tuple[str, float]] = []
    for entry in importance:
        value = entry.get("importance", entry.get("value", entry.get("mean", 0.0)))
        name = entry.get("name") or entry.get("feature") or "?"
        values.append((str(name), float(value or 0.0)))
    values.sort(key=lambda pair: -pair[1])
    top = max((value for _, value in values), default=0.0) or 1.0
    return [
        {"name": name, "text": f"{value:.3f}", "width": round(max(0.0, value / top) * 100, 1)}
        for name, value in values[:limit]
    ]
