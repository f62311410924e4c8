"""axe-core in a page."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.e2e.system import ROOT

SCRIPT = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (rules) => {
  const found = await axe.run(document, rules);
  return found.violations.map((v) => ({ id: v.id, impact: v.impact, help: v.help,
    nodes: v.nodes.slice(0, 5).map((n) => n.target.join(' ') + ' | ' + n.failureSummary) }));
}"""


@cache
def _source() -> str:
    return SCRIPT.read_text()


def grave_issues(page: Page, *, only: tuple[str, ...] = ()) -> list[str]:
    """Return the serious and critical issues of a page, one line each; ``only`` names rules."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_source())
    chosen = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": TAGS}
    found: list[dict[str, Any]] = page.evaluate(RUN, {"runOnly": chosen})
    return [
        f"{row['id']} ({row['impact']}): {row['help']}: {'; '.join(row['nodes'])}"
        for row in found
        if row["impact"] in GRAVE
    ]
