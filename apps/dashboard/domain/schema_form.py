"""A plain form drawn from a workflow's JSON Schema: one field per leaf, groups per object."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

ADVANCED = frozenset(
    {"hyperparameters", "seed", "season", "mask", "folds", "model_name", "layer_name"}
)
# A parameter that is not asked for while another one, which excludes it, is given.
UNLESS = {"scenes": "scene_selection"}
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
HUGE = 2**31 - 1  # a bound that says no more than how the number is stored
UNITS = {"block_size_m": "m", "buffer_m": "m", "cloud_cover_max": "%", "dilation_m": "m"}


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    selected: bool = False
    aside: str = ""


@dataclass(frozen=True)
class Variant:
    """The fields of a map whose schema hangs on the value of another parameter."""

    value: str
    title: str
    fields: tuple["Field", ...]
    chosen: bool = False


@dataclass(frozen=True)
class Field:
    """``kind``: text, number, mixed, json, select, pick, checks, boolean, group or variants.

    ``type`` tells the page how to turn the control's text into JSON. ``path`` is dotted, ``id``
    differs from it where several variants have a field of one path. ``default`` is the schema's,
    as JSON. A ``pick`` is a select of rows of the project, ``when`` the path that chooses among
    the variants, ``unless`` the path that, once given, makes the field void.
    """

    path: str
    id: str
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
    variants: tuple[Variant, ...] = ()
    when: str = ""
    unless: str = ""
    default: str = "null"
    bounds: str = ""


Choices = Mapping[str, Sequence[Option]]
Schemas = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Sources:
    """What a form is drawn with beside its schema.

    ``choices``: the options of a property by its name (ids of rows, collections). ``picks``: the
    properties among them that name rows of the project. ``schemas``: the schema of a map by the
    property it hangs on and that property's value. ``siblings``: the values beside a field.
    """

    choices: Choices
    picks: frozenset[str] = frozenset()
    schemas: Schemas = field(default_factory=dict)
    siblings: Mapping[str, Any] = field(default_factory=dict)
    root: Mapping[str, Any] = field(default_factory=dict)
    mark: str = ""


def form_fields(
    schema: Mapping[str, Any],
    *,
    choices: Choices,
    picks: frozenset[str] = frozenset(),
    schemas: Schemas | None = None,
    initial: Mapping[str, Any] | None = None,
    prefix: str = "parameters",
) -> list[Field]:
    """Return the fields of an object schema; ``initial`` are the parameters of an earlier job."""
    sources = Sources(choices=choices, picks=picks, schemas=schemas or {})
    return _fields(schema, initial or {}, prefix, sources)


def _fields(
    schema: Mapping[str, Any], given: Mapping[str, Any], prefix: str, sources: Sources
) -> list[Field]:
    needed = set(schema.get("required", ()))
    known: Mapping[str, Any] = schema.get("properties", {})
    order = [name for name in schema.get("order", ()) if name in known]
    rules = {name: known[name] for name in (*order, *known)}
    defaults = {name: rule["default"] for name, rule in rules.items() if "default" in rule}
    root = {**schema, "$defs": schema.get("$defs") or sources.root.get("$defs", {})}
    inner = replace(sources, siblings={**defaults, **given}, root=root)
    fields = [
        _field(name, rule, given.get(name), prefix, name in needed, inner)
        for name, rule in rules.items()
    ]
    return sorted(fields, key=lambda one: (not one.required, one.kind in ("group", "variants")))


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
    initial: Any,
    prefix: str,
    required: bool,  # noqa: FBT001
    sources: Sources,
) -> Field:
    full = resolve(rule, sources.root)
    path = f"{prefix}.{name}"
    common: dict[str, Any] = {
        "path": path,
        "id": f"{path}{sources.mark}",
        "name": name,
        "label": _label(name, full),
        "help": str(full.get("description", "")),
        "unit": UNITS.get(name, ""),
        "required": required,
        "advanced": (name in ADVANCED or bool(full.get("advanced"))) and not required,
        "default": json.dumps(full.get("default")),
        "unless": f"{prefix}.{UNLESS[name]}" if name in UNLESS else "",
    }
    given = full.get("default") if initial is None else initial
    inner = given if isinstance(given, Mapping) else {}
    if "properties" in full:
        fields = _fields(full, inner, path, sources)
        return Field(kind="group", fields=tuple(fields), **common)
    chooser = str(full.get("schema_from", ""))
    if chooser in sources.schemas:
        variants = _variants(chooser, inner, path, sources)
        when = f"{prefix}.{chooser}"
        return Field(kind="variants", variants=variants, when=when, **common)
    return _leaf(full, given, common, sources)


def _variants(
    chooser: str, given: Mapping[str, Any], path: str, sources: Sources
) -> tuple[Variant, ...]:
    """Return the fields of a map for every value of the property it hangs on."""
    chosen = sources.siblings.get(chooser)
    titles = {option.value: option.label for option in sources.choices.get(chooser, ())}
    return tuple(
        Variant(
            value,
            titles.get(value, value),
            tuple(_fields(schema, given, path, replace(sources, mark=f"-{value}"))),
            chosen=value == chosen,
        )
        for value, schema in sources.schemas[chooser].items()
    )


def _leaf(rule: Mapping[str, Any], given: Any, common: dict[str, Any], sources: Sources) -> Field:
    kind = rule.get("type")
    items = rule.get("items", {})
    offered = sources.choices.get(common["name"])
    if kind == "array" and (offered is not None or "enum" in items):
        options = offered if offered is not None else _enum(items["enum"])
        marked = _marked(options, set(map(str, given or ())))
        return Field(kind="checks", type="many", options=marked, **common)
    if offered is not None or "enum" in rule:
        options = offered if offered is not None else _enum(rule["enum"])
        chosen = {str(given)} if given is not None else set()
        picked = "pick" if common["name"] in sources.picks else "select"
        if common["required"] and not chosen and len(options) == 1:
            chosen = {options[0].value}  # there is nothing to choose
        return Field(kind=picked, type="one", options=_marked(options, chosen), **common)
    if kind == "boolean":
        return Field(kind="boolean", type="boolean", value="on" if given else "", **common)
    if kind in ("integer", "number"):
        text = "" if given is None else f"{given}"
        default = rule.get("default")
        return Field(
            kind="number",
            type=str(kind),
            value=text,
            placeholder="automatic" if default is None else f"{default}",
            attributes=_bounds(rule),
            bounds=_bounds_text(rule),
            **common,
        )
    if kind in ("array", "object"):
        return _text_leaf(str(kind), given, common)
    if "anyOf" in rule:
        return _mixed(rule, given, common)
    example = next(iter(rule.get("examples", ())), "")
    return Field(
        kind="text",
        value="" if given is None else str(given),
        placeholder=f"e.g. {example}" if example else "",
        attributes={"maxlength": rule["maxLength"]} if "maxLength" in rule else {},
        **common,
    )


def _text_leaf(kind: str, given: Any, common: dict[str, Any]) -> Field:
    """Lists are typed with commas; maps without a schema of their own as JSON."""
    if kind == "array":
        text = ", ".join(map(str, given or ()))
        return Field(kind="text", type="list", value=text, **common)
    text = json.dumps(given) if given else ""
    return Field(kind="json", type="json", value=text, placeholder="{}", **common)


def _mixed(rule: Mapping[str, Any], given: Any, common: dict[str, Any]) -> Field:
    """Return the field of a choice between words and a number."""
    options = [option for one in rule["anyOf"] for option in _enum(one.get("enum", ()))]
    texts = [_bounds_text(one) for one in rule["anyOf"] if one.get("type") in ("number", "integer")]
    words = ", ".join(option.value for option in options)
    return Field(
        kind="mixed",
        type="mixed",
        value="" if given is None else str(given),
        options=tuple(options),
        bounds=", or ".join(filter(None, [words, *texts])),
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


def _bounds_text(rule: Mapping[str, Any]) -> str:
    """Say the bounds of a number: ``1 to 2,000``, ``over 0``, ``at most 300``."""
    low, high = rule.get("minimum"), rule.get("maximum")
    if "exclusiveMinimum" in rule:
        over = f"over {rule['exclusiveMinimum']:,}"
        return f"{over}, at most {high:,}" if high is not None else over
    if low is not None and high is not None and high < HUGE:
        return f"{low:,} to {high:,}"
    if low is not None:
        return f"at least {low:,}"
    return f"at most {high:,}" if high is not None else ""
