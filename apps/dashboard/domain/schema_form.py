"""A plain form drawn from a workflow's JSON Schema: one field per leaf, groups per object."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ADVANCED = frozenset(
    {"hyperparameters", "seed", "season", "mask", "folds", "model_name", "layer_name"}
)
WORDS = {
    "aoi": "Area of interest",
    "k": "Number of folds",
    "block_size_m": "Block size",
    "buffer_m": "Buffer",
    "cloud_cover_max": "Cloud cover, at most",
    "datetime": "Period",
    "dilation_m": "Mask grown by",
    "invalid": "Invalid mask values",
}
UNITS = {"block_size_m": "m", "buffer_m": "m", "cloud_cover_max": "%", "dilation_m": "m"}


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    selected: bool = False
    aside: str = ""


@dataclass(frozen=True)
class Field:
    """``kind``: text, number, json, select, checks, boolean or group.

    ``type`` tells the page how to turn the control's text into JSON. ``path`` is dotted.
    """

    path: str
    name: str
    label: str
    kind: str
    type: str = "text"
    value: str = ""
    placeholder: str = ""
    help: str = ""
    unit: str = ""
    required: bool = False
    advanced: bool = False
    attributes: dict[str, Any] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    fields: tuple["Field", ...] = ()


Choices = Mapping[str, Sequence[Option]]


def form_fields(
    schema: Mapping[str, Any],
    *,
    choices: Choices,
    initial: Mapping[str, Any] | None = None,
    prefix: str = "parameters",
) -> list[Field]:
    """Return the fields of an object schema.

    ``choices`` gives the options of a property by its name (ids of rows, collections).
    ``initial`` are the parameters of an earlier job.
    """
    fields = [
        _field(name, rule, schema, choices, (initial or {}).get(name), prefix, required)
        for name, rule, required in _properties(schema)
    ]
    return sorted(fields, key=lambda one: (not one.required, one.kind == "group"))


def _properties(schema: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], bool]]:
    needed = set(schema.get("required", ()))
    return [(name, rule, name in needed) for name, rule in schema.get("properties", {}).items()]


def resolve(rule: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule with its reference followed and ``X or null`` reduced to X."""
    merged = dict(rule)
    for _ in range(8):
        if "$ref" in merged:
            target: Any = root
            for part in str(merged.pop("$ref")).removeprefix("#/").split("/"):
                target = target[part]
            merged = {**target, **merged}
            continue
        options = merged.get("anyOf") or merged.get("oneOf") or merged.get("allOf")
        real = [one for one in options or () if one.get("type") != "null"]
        if len(real) != 1:
            break
        for key in ("anyOf", "oneOf", "allOf"):
            merged.pop(key, None)
        merged = {**real[0], **merged}
    return merged


def _field(
    name: str,
    rule: Mapping[str, Any],
    root: Mapping[str, Any],
    choices: Choices,
    initial: Any,
    prefix: str,
    required: bool,  # noqa: FBT001
) -> Field:
    full = resolve(rule, root)
    path = f"{prefix}.{name}"
    common: dict[str, Any] = {
        "path": path,
        "name": name,
        "label": _label(name, full),
        "help": str(full.get("description", "")),
        "unit": UNITS.get(name, ""),
        "required": required,
        "advanced": name in ADVANCED and not required,
    }
    given = full.get("default") if initial is None else initial
    if "properties" in full:
        nested = {**full, "$defs": root.get("$defs", {})}
        inner = given if isinstance(given, Mapping) else None
        fields = form_fields(nested, choices=choices, initial=inner, prefix=path)
        return Field(kind="group", fields=tuple(fields), **common)
    return _leaf(full, choices.get(name), given, common)


def _leaf(
    rule: Mapping[str, Any],
    offered: Sequence[Option] | None,
    given: Any,
    common: dict[str, Any],
) -> Field:
    kind = rule.get("type")
    items = rule.get("items", {})
    if kind == "array" and (offered is not None or "enum" in items):
        options = offered if offered is not None else _enum(items["enum"])
        marked = _marked(options, set(map(str, given or ())))
        return Field(kind="checks", type="many", options=marked, **common)
    if offered is not None or "enum" in rule:
        options = offered if offered is not None else _enum(rule["enum"])
        chosen = {str(given)} if given is not None else set()
        return Field(kind="select", type="one", options=_marked(options, chosen), **common)
    if kind == "boolean":
        return Field(kind="boolean", type="boolean", value="on" if given else "", **common)
    if kind in ("integer", "number"):
        return Field(
            kind="number",
            type=str(kind),
            value="" if given is None else f"{given}",
            attributes=_bounds(rule),
            **common,
        )
    if kind == "array":
        text = ", ".join(map(str, given or ()))
        return Field(kind="text", type="list", value=text, **common)
    if kind == "object":
        text = json.dumps(given) if given else ""
        return Field(kind="json", type="json", value=text, placeholder="{}", **common)
    example = next(iter(rule.get("examples", ())), "")
    return Field(
        kind="text",
        value="" if given is None else str(given),
        placeholder=f"e.g. {example}" if example else "",
        attributes={"maxlength": rule["maxLength"]} if "maxLength" in rule else {},
        **common,
    )


def _label(name: str, rule: Mapping[str, Any]) -> str:
    if name in WORDS:
        return WORDS[name]
    title = str(rule.get("title") or name)
    # A title that pydantic made of the name or of a group's class says no more than the name.
    if title.lower().replace(" ", "_") == name or title.endswith("Spec"):
        title = name
    words = title.replace("_", " ")
    return words[:1].upper() + words[1:]


def _enum(values: Sequence[Any]) -> list[Option]:
    return [Option(str(value), str(value).replace("_", " ").capitalize()) for value in values]


def _marked(options: Sequence[Option], chosen: set[str]) -> tuple[Option, ...]:
    return tuple(Option(o.value, o.label, o.value in chosen, o.aside) for o in options)


def _bounds(rule: Mapping[str, Any]) -> dict[str, Any]:
    bounds: dict[str, Any] = {"step": 1 if rule.get("type") == "integer" else "any"}
    if "minimum" in rule:
        bounds["min"] = rule["minimum"]
    elif "exclusiveMinimum" in rule:
        bounds["min"] = rule["exclusiveMinimum"]
    if "maximum" in rule:
        bounds["max"] = rule["maximum"]
    return bounds
