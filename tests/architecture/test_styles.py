"""Style sheets share one page: a class that two of them define looks like neither."""

import re
from collections import defaultdict
from pathlib import Path

STYLES = Path(__file__).resolve().parents[2] / "frontend" / "styles"
SELECTORS = re.compile(r"^\s*([^{}@;/]+?)\s*\{", re.MULTILINE)


def defined_in(text: str) -> set[str]:
    """Return the classes that a style sheet styles by themselves (not within another)."""
    lists = (match.group(1).split(",") for match in SELECTORS.finditer(text))
    names = (selector.strip() for selectors in lists for selector in selectors)
    return {name for name in names if re.fullmatch(r"\.[\w-]+", name)}


def test_a_class_is_defined_in_one_style_sheet() -> None:
    homes: defaultdict[str, set[str]] = defaultdict(set)
    for file in sorted(STYLES.glob("*.css")):
        for name in defined_in(file.read_text()):
            homes[name].add(file.name)
    assert len(homes) > 300, "the sheets are read"
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}
