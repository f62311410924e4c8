"""Rules of reference samples: classes of imported values, purposes, cells of exports."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.core.enums import Role
from apps.core.errors import Forbidden, InvalidInput
from apps.core.policy import role_covers
from apps.samples.enums import Purpose

MAX_CODE = 253
MAX_SHOWN = 20
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

ClassValue = int | str


@dataclass(frozen=True)
class KnownClass:
    """A class of the nomenclature samples are labelled with."""

    code: int
    name: str


@dataclass(frozen=True)
class ClassPlan:
    """``codes``: file value → code (None: the row is left out); ``fresh``: classes to create."""

    codes: Mapping[ClassValue, int | None]
    fresh: tuple[KnownClass, ...] = ()


def class_plan(
    values: Iterable[ClassValue],
    known: Collection[KnownClass],
    *,
    nomenclature: str,
    class_map: Mapping[str, Any] | None = None,
    create: bool = False,
) -> ClassPlan:
    """Decide the code of every class value of a file.

    ``class_map`` (value → code, name, or null to leave rows out) goes first. Then an integer is a
    code and a text a name. With ``create``, unknown integers 0-253 become code = value, unknown
    texts get the lowest free codes from 1 in sorted order. Raises InvalidInput naming the values
    and the nomenclature.
    """
    distinct = set(values)
    mapped = {
        value: _mapped(class_map[str(value)], known, nomenclature, value)
        for value in distinct
        if class_map and str(value) in class_map
    }
    rest = distinct - mapped.keys()
    codes: dict[ClassValue, int | None] = dict(mapped)
    unknown: list[ClassValue] = []
    for value in rest:
        code = _code_of(value, known)
        if code is None:
            unknown.append(value)
        else:
            codes[value] = code
    if not unknown:
        return ClassPlan(codes)
    if not create:
        raise _not_in(unknown, known, nomenclature)
    fresh = _created(unknown, rest, known)
    codes.update(fresh)
    classes = {code: KnownClass(code, str(value)) for value, code in fresh.items()}
    return ClassPlan(codes, tuple(classes[code] for code in sorted(classes)))


def integer_of(value: ClassValue) -> int | None:
    """Return an integer value, or the integer a text spells; None otherwise."""
    if isinstance(value, int):
        return value
    text = value.strip()
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 10 else None


def _code_of(value: ClassValue, known: Collection[KnownClass]) -> int | None:
    for entry in known:
        if str(value) == entry.name:
            return entry.code
    number = integer_of(value)
    return next((entry.code for entry in known if entry.code == number), None)


def _mapped(
    target: Any, known: Collection[KnownClass], nomenclature: str, value: ClassValue
) -> int | None:
    if target is None:
        return None
    code = _code_of(target, known) if isinstance(target, int | str) else None
    if code is None:
        raise InvalidInput(
            f"class_map sends {str(value)!r} to {target!r}, which is not in nomenclature "
            f"{nomenclature}; it has: {_listing(known)}.",
            errors={"class_map": [f"{target!r} is not a class."]},
        )
    return code


def _created(
    unknown: list[ClassValue], rest: set[ClassValue], known: Collection[KnownClass]
) -> dict[ClassValue, int]:
    numbers = {value: integer_of(value) for value in rest}
    if all(number is not None for number in numbers.values()):
        wrong = sorted(
            number
            for value in unknown
            if (number := numbers[value]) is not None and not 0 <= number <= MAX_CODE
        )
        if wrong:
            raise InvalidInput(
                f"The class values {', '.join(map(str, wrong[:MAX_SHOWN]))} are outside "
                f"0-{MAX_CODE}; give a class_map.",
                errors={"class_field": ["Values outside 0-253."]},
            )
        return {value: number for value in unknown if (number := numbers[value]) is not None}
    taken = {entry.code for entry in known}
    free = (code for code in range(1, MAX_CODE + 1) if code not in taken)
    try:
        return {value: next(free) for value in sorted(unknown, key=str)}
    except StopIteration as error:
        raise InvalidInput(
            f"There are more than {MAX_CODE} classes; give a class_map.",
            errors={"class_field": ["Too many classes."]},
        ) from error


def _not_in(
    unknown: list[ClassValue], known: Collection[KnownClass], nomenclature: str
) -> InvalidInput:
    named = ", ".join(repr(str(value)[:60]) for value in sorted(unknown, key=str)[:MAX_SHOWN])
    message = f"Class {named} is not in nomenclature {nomenclature}; it has: {_listing(known)}."
    return InvalidInput(
        message,
        advice="Add the class, give a class_map, or set create_classes.",
        errors={"class_code": [message]},
    )


def _listing(known: Collection[KnownClass]) -> str:
    listed = sorted(known, key=lambda entry: entry.code)[:MAX_SHOWN]
    more = " …" if len(known) > MAX_SHOWN else ""
    return (", ".join(f"{entry.code} {entry.name}" for entry in listed) or "no class") + more


def labels_open(purpose: str, role: str | None) -> bool:
    """Return whether a role may read the labels of a set.

    Labels are for interpreters and above, those of a validation set for managers only.
    """
    least = Role.MANAGER if purpose == Purpose.VALIDATION else Role.INTERPRETER
    return role_covers(role, least)


def labels_check(purpose: str, role: str | None) -> None:
    """Raise Forbidden when a role may not read the labels of a set."""
    if purpose == Purpose.VALIDATION and not labels_open(purpose, role):
        raise Forbidden(
            "Labels of a validation set are open to managers only.",
            advice="Ask a manager of the project.",
        )


def cell_safe(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.startswith((*FORMULA_STARTS, "'")):
        quoted = value.startswith(FORMULA_STARTS) or value[1:2] in FORMULA_STARTS
        return f"'{value}" if quoted else value
    return value
