"""Parameters against the JSON Schema a workflow declares: defaults filled in, errors by field."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from apps.core.errors import InvalidInput


def parameters_complete(
    schema: Mapping[str, Any], given: Mapping[str, Any], *, prefix: str = "parameters"
) -> dict[str, Any]:
    """Return the given parameters with the schema's defaults; errors are named below ``prefix``.

    Raises:
        InvalidInput: with one entry a field for everything unknown, missing or out of range.
    """
    errors = parameters_faults(schema, given)
    if errors:
        first = next(iter(errors.items()))
        raise InvalidInput(
            f"Parameter {first[0]}: {first[1][0]}",
            advice="See the workflow's parameters_schema.",
            errors={f"{prefix}.{name}": texts for name, texts in errors.items()},
        )
    filled = _filled(schema, dict(given), schema)
    assert isinstance(filled, dict)  # noqa: S101  a schema of parameters is an object
    return filled


def parameters_faults(
    schema: Mapping[str, Any], given: Mapping[str, Any], *, partial: bool = False
) -> dict[str, list[str]]:
    """Return what does not fit the schema, by field; ``partial`` allows required ones to lack."""
    rules = {**schema, "required": []} if partial else dict(schema)
    validator = Draft202012Validator(rules, format_checker=FormatChecker())
    errors: dict[str, list[str]] = {}
    for error in sorted(validator.iter_errors(dict(given)), key=lambda e: list(map(str, e.path))):
        for field, text in _texts(error, schema):
            texts = errors.setdefault(field, [])
            texts += [text] if text not in texts else []
    return errors


def _texts(error: ValidationError, schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    path = ".".join(str(part) for part in error.absolute_path)
    if error.validator == "additionalProperties":
        known = sorted(error.schema.get("properties", {}))
        extra = sorted(set(error.instance) - set(known))
        return [
            (f"{path}.{name}".lstrip("."), f"unknown; known here: {', '.join(known)}.")
            for name in extra
        ]
    if error.validator == "required":
        missing = [n for n in error.validator_value if n not in error.instance]
        return [(f"{path}.{name}".lstrip("."), "is required.") for name in missing]
    if error.validator == "anyOf" and error.context:
        best = max(error.context, key=lambda e: len(e.absolute_path))
        if best.validator != "type" or len(best.absolute_path) > len(error.absolute_path):
            return _texts(best, schema)
    return [(path or "parameters", f"{error.message}.")]


def _filled(schema: Mapping[str, Any], value: Any, root: Mapping[str, Any]) -> Any:
    schema = _resolved(schema, value, root)
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    full: dict[str, Any] = {}
    for name, rule in schema["properties"].items():
        if name in value:
            full[name] = _filled(rule, value[name], root)
        elif "default" in rule:
            full[name] = rule["default"]
        elif rule.get("$ref"):
            full[name] = _filled(rule, {}, root)
    full.update({name: item for name, item in value.items() if name not in full})
    return full


def _resolved(schema: Mapping[str, Any], value: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    if "anyOf" in schema and isinstance(value, dict):
        options = [_resolved(option, value, root) for option in schema["anyOf"]]
        schema = next((o for o in options if "properties" in o), schema)
    reference = schema.get("$ref")
    if not reference:
        return schema
    target: Any = root
    for part in str(reference).removeprefix("#/").split("/"):
        target = target[part]
    return _resolved(target, value, root)
