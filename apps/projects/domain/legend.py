"""Rules of a nomenclature: codes, colours and the tree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.errors import InvalidInput
from apps.projects.domain.palette import class_color

MAX_CODE = 253
COLOR = re.compile(r"^#[0-9a-fA-F]{6}$")


@dataclass(frozen=True)
class ClassDraft:
    """A class as asked for; ``parent`` is the code of another class of the same list."""

    code: int
    name: str
    color: str | None = None
    parent: int | None = None


def classes_check(drafts: Sequence[ClassDraft]) -> list[ClassDraft]:
    """Return the classes by code, with colours filled in.

    Raises:
        InvalidInput: ``errors`` names ``classes.<position>.<field>``.
    """
    errors: dict[str, list[str]] = {}
    codes = [draft.code for draft in drafts]
    for number, draft in enumerate(drafts):
        for field, text in _faults(draft, codes):
            errors.setdefault(f"classes.{number}.{field}", []).append(text)
    if not errors:
        errors = _cycles(drafts)
    if errors:
        first = next(iter(errors.values()))[0]
        raise InvalidInput(f"The classes are not valid: {first}", errors=errors)
    filled = [
        ClassDraft(draft.code, draft.name.strip(), draft.color or class_color(number), draft.parent)
        for number, draft in enumerate(drafts)
    ]
    return sorted(filled, key=lambda draft: draft.code)


def _faults(draft: ClassDraft, codes: list[int]) -> list[tuple[str, str]]:
    faults = []
    if not 0 <= draft.code <= MAX_CODE:
        text = f"Code {draft.code} is outside 0-{MAX_CODE} (254 and 255 mean no class, no data)."
        faults.append(("code", text))
    if codes.count(draft.code) > 1:
        faults.append(("code", f"Code {draft.code} occurs twice; codes are unique."))
    if not draft.name.strip():
        faults.append(("name", f"Class {draft.code} needs a name."))
    if draft.color is not None and not COLOR.match(draft.color):
        faults.append(("color", f"Colour {draft.color[:40]!r} is not of the form #rrggbb."))
    if draft.parent is not None and draft.parent not in codes:
        faults.append(("parent", f"There is no class {draft.parent} to be the parent."))
    return faults


def _cycles(drafts: Sequence[ClassDraft]) -> dict[str, list[str]]:
    parents = {draft.code: draft.parent for draft in drafts}
    for number, draft in enumerate(drafts):
        seen = {draft.code}
        above = draft.parent
        while above is not None:
            if above in seen:
                text = f"Class {draft.code} would be its own ancestor."
                return {f"classes.{number}.parent": [text]}
            seen.add(above)
            above = parents[above]
    return {}
