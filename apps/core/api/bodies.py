"""Bodies of writes: a field that nothing would read is refused, never silently ignored."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from apps.core.errors import InvalidInput

FEATURE_MEMBERS = ("type", "id", "bbox", "geometry", "properties", "project", "crs")
FORM_MEMBERS = ("csrfmiddlewaretoken",)  # of a multipart form of a page
MAX_NAMED = 60


class Body(serializers.Serializer[Any]):
    """The fields of a write.

    Attributes:
        beside: What the view itself reads of the body.
    """

    beside: ClassVar[tuple[str, ...]] = ()

    def to_internal_value(self, data: Any) -> Any:
        given = data if isinstance(data, Mapping) else {}
        known = [name for name, field in self.fields.items() if not field.read_only]
        wrong = fields_unread(given, [*known, *self.beside], current=self.context.get("current"))
        if not wrong:
            return super().to_internal_value(data)
        try:
            super().to_internal_value(data)
        except serializers.ValidationError as error:
            told: Any = error.detail
            wrong |= told if isinstance(told, dict) else {}
        raise serializers.ValidationError(wrong)


class EmptyBody(Body):
    """An action that takes nothing."""


def validated(
    form: type[Body], data: Any, *, partial: bool = False, current: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the checked fields of a body; raises what the problem handler turns into 400.

    ``current``: the row as it is shown, for an edit: what is only shown may be sent back unchanged.
    """
    serializer = form(data=data, partial=partial, context={"current": current})
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def fields_unread(
    given: Iterable[str], known: Iterable[str], *, current: Mapping[str, Any] | None = None
) -> dict[str, list[str]]:
    """Return by field what is wrong with those that would not be read."""
    known = list(known)
    names = ", ".join(known)
    wrong: dict[str, list[str]] = {}
    for name in sorted(set(given) - set(known) - set(FORM_MEMBERS)):
        short = name[:MAX_NAMED]
        if current is not None and name in current:
            if isinstance(given, Mapping) and _plain(given[name]) == _plain(current[name]):
                continue
            wrong[short] = [f"Cannot be changed here; can be: {names}." if names else "Fixed."]
        else:
            wrong[short] = [f"Unknown field; known: {names}." if names else "No field is read."]
    return wrong


def feature_check(
    data: Any,
    known: Iterable[str],
    *,
    current: Mapping[str, Any] | None = None,
    beside: Iterable[str] = (),
) -> None:
    """Refuse members and properties of a GeoJSON Feature that nothing would read.

    ``current``: the Feature as it is shown, for an edit. ``beside``: members the view itself reads.

    Raises:
        InvalidInput: names each of them and those that are known.
    """
    if not isinstance(data, Mapping):
        return
    given = data.get("properties")
    properties = given if isinstance(given, Mapping) else {}
    shown = current["properties"] if current else None
    wrong = fields_unread(data, (*FEATURE_MEMBERS, *beside))
    wrong |= fields_unread(properties, [*known, "project"], current=shown)
    if wrong:
        name, texts = next(iter(wrong.items()))
        raise InvalidInput(f"Field {name!r}: {texts[0]}", errors=wrong)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str, sort_keys=True))
