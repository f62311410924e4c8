"""Statistics of a release as a table that a spreadsheet opens."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

MARGINALS = ("pixels", "valid", "area_km2", "min", "mean", "max")


def statistics_csv(statistics: Mapping[str, Any], legend: Sequence[Mapping[str, Any]]) -> str:
    """Return classes with area and share, or the histogram of values below its marginals."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if statistics.get("classes") is not None:
        names = {entry["code"]: str(entry["name"]) for entry in legend}
        writer.writerow(("code", "name", "pixels", "area_km2", "share"))
        for row in statistics["classes"]:
            figures = (row.get(name) for name in ("pixels", "area_km2", "share"))
            writer.writerow((row["code"], _plain(names.get(row["code"], "")), *figures))
        left = statistics.get("unclassifiable") or {}
        if left.get("pixels"):
            writer.writerow((254, "unclassifiable", left["pixels"], left.get("area_km2"), ""))
        return out.getvalue()
    writer.writerow(("statistic", "value"))
    writer.writerows((name, statistics[name]) for name in MARGINALS if name in statistics)
    histogram = statistics.get("histogram") or {}
    start, width = histogram.get("start", 0), histogram.get("width", 1)
    writer.writerow(())
    writer.writerow(("from", "below", "pixels"))
    for number, count in enumerate(histogram.get("counts", ())):
        writer.writerow((start + number * width, start + (number + 1) * width, count))
    return out.getvalue()


def _plain(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
