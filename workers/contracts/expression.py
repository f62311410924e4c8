"""Index expressions: an allow-listed arithmetic language, parsed by ``ast`` and never evaluated.

Names are asset keys, STAC common names or registered indices. The canonical form (single blanks,
no redundant parentheses) enters feature hashes. A resolved source is a postfix program that
``workers.numerics.series`` interprets.
"""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from workers.contracts.bands import band_of
from workers.contracts.plugins import IndexSpec

MAX_TEXT = 1000
MAX_NODES = 200
MAX_DEPTH = 20
MAX_LITERAL = 1e6
MAX_PROGRAM = 500
RESERVED = ("elevation", "slope")
COORDINATES = frozenset({"x", "y", "lon", "lat", "longitude", "latitude", "row", "col", "tile"})
FUNCTIONS = {"sqrt": (1, 1), "abs": (1, 1), "log10": (1, 1), "clip": (3, 3)}
FUNCTIONS |= {"min": (2, 16), "max": (2, 16)}

BAND, NUMBER, ADD, SUB, MUL, DIV, NEG, POW, SQRT, ABS, MIN, MAX, CLIP, LOG10 = range(14)
_BINARY = {ast.Add: ADD, ast.Sub: SUB, ast.Mult: MUL, ast.Div: DIV}
_CALLS = {"sqrt": SQRT, "abs": ABS, "min": MIN, "max": MAX, "clip": CLIP, "log10": LOG10}


class ExpressionError(ValueError):
    """The text is no allowed expression; ``column`` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"Column {column}: {message}")
        self.column = column


@dataclass(frozen=True)
class Program:
    """A resolved source.

    leaves: band names in order of first use. code: (operation, argument) in postfix order; the
    argument is a leaf's position, a literal or an exponent. scale: units per 1.0 of the stored
    result; None lets the inputs decide (``dimensionless`` results are stored as 1/10,000).
    """

    kind: str
    canonical: str
    leaves: tuple[str, ...]
    code: tuple[tuple[int, float], ...]
    scale: int | None = None
    dimensionless: bool = False

    @property
    def is_band(self) -> bool:
        return len(self.code) == 1 and self.code[0][0] == BAND

    @property
    def stack_depth(self) -> int:
        """Values held at once while the program runs."""
        depth = deepest = 0
        for operation, _ in self.code:
            depth += _STACK_EFFECT[operation]
            deepest = max(deepest, depth)
        return deepest


_STACK_EFFECT = {BAND: 1, NUMBER: 1, NEG: 0, POW: 0, SQRT: 0, ABS: 0, LOG10: 0, CLIP: -2}
_STACK_EFFECT |= dict.fromkeys((ADD, SUB, MUL, DIV, MIN, MAX), -1)


@dataclass(frozen=True)
class Expression:
    """A checked text: ``names`` in order of first use, still unresolved."""

    canonical: str
    names: tuple[str, ...]
    tree: ast.expr


def expression_parse(text: str) -> Expression:
    """Check a text against the allow-list.

    Raises:
        ExpressionError: with the column of the first offence.
    """
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"longer than {MAX_TEXT} characters.", MAX_TEXT + 1)
    indent = len(text) - len(text.lstrip())
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        message = f"not an expression ({error.msg})."
        end = len(text.strip()) + 1  # where the parser gives no place, the text ended too early
        raise ExpressionError(message, indent + (error.offset or end)) from None
    except (RecursionError, MemoryError, ValueError) as error:
        raise ExpressionError("nested too deeply or not text.", 1) from error
    names: dict[str, None] = {}
    _Checker(names, indent).check(tree, 1)
    return Expression(ast.unparse(tree), tuple(names), tree)


def source_canonical(source: str) -> str:
    """Return the canonical form of an expression; other text (an odd asset key) without blanks."""
    try:
        return expression_parse(source).canonical
    except ExpressionError:
        return source.strip()


class _Checker:
    """Walks the tree in reading order and stops at the first node that is not allowed."""

    def __init__(self, names: dict[str, None], indent: int) -> None:
        self.names = names
        self.indent = indent
        self.nodes = 0

    def refuse(self, node: ast.AST, message: str) -> ExpressionError:
        return ExpressionError(message, self.indent + getattr(node, "col_offset", 0) + 1)

    def check(self, node: ast.expr, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.refuse(node, f"more than {MAX_NODES} terms; split it into indices.")
        if depth > MAX_DEPTH:
            raise self.refuse(node, f"nested deeper than {MAX_DEPTH} levels.")
        match node:
            case ast.Name():
                self.check_name(node)
            case ast.Constant():
                self.check_number(node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self.check(operand, depth + 1)
            case ast.BinOp(op=ast.Pow()):
                self.check_power(node, depth)
            case ast.BinOp(op=operation) if type(operation) in _BINARY:
                self.check(node.left, depth + 1)
                self.check(node.right, depth + 1)
            case ast.Call():
                self.check_call(node, depth)
            case _:
                raise self.refuse(node, f"{_kind_of(node)} is not allowed; use {_ALLOWED}.")

    def check_name(self, node: ast.Name) -> None:
        if node.id.lower() in COORDINATES:
            raise self.refuse(node, f"{node.id!r} is a coordinate; position is no feature.")
        if node.id in FUNCTIONS:
            raise self.refuse(node, f"{node.id!r} is a function; call it with parentheses.")
        self.names.setdefault(node.id)

    def check_number(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.refuse(node, f"{_kind_of(node)} is not allowed; use {_ALLOWED}.")
        if abs(node.value) > MAX_LITERAL:
            raise self.refuse(node, f"number greater than {MAX_LITERAL:.0f}.")

    def check_power(self, node: ast.BinOp, depth: int) -> None:
        self.check(node.left, depth + 1)
        exponent = getattr(node.right, "value", None)
        if isinstance(exponent, bool) or exponent not in (2, 3, 4):
            raise self.refuse(node.right, "an exponent is one of the numbers 2, 3, 4.")

    def check_call(self, node: ast.Call, depth: int) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            raise self.refuse(node, f"only the functions {', '.join(sorted(FUNCTIONS))} exist.")
        if node.keywords:
            raise self.refuse(node.keywords[0].value, "keywords are not allowed.")
        low, high = FUNCTIONS[name]
        if not low <= len(node.args) <= high:
            raise self.refuse(node, f"{name} takes {low} to {high} arguments.")
        for argument in node.args:
            self.check(argument, depth + 1)


_ALLOWED = "names, numbers, + - * / **, sqrt abs min max clip log10"
_KINDS = {"Attribute": "an attribute", "Subscript": "a subscript", "Compare": "a comparison"}
_KINDS |= {"Lambda": "a lambda", "BoolOp": "a logical operator", "IfExp": "a condition"}
_KINDS |= {"Constant": "text or another constant", "Starred": "a star"}


def _kind_of(node: ast.AST) -> str:
    return _KINDS.get(type(node).__name__, type(node).__name__)


def source_resolve(
    source: str,
    *,
    assets: Collection[str],
    common_names: Collection[str],
    indices: Mapping[str, IndexSpec],
) -> Program:
    """Turn the source of a feature into a program, in the order asset, common name, index, text.

    assets, common_names: what the imagery offers. indices: by slug; names match in any case. A
    leaf may also be another name of the same band (``B04`` where the imagery says ``red``).

    Raises:
        ExpressionError: with the column of an unknown name or of what is not allowed.
    """
    name = source.strip()
    if name in assets or name in common_names:
        return Program("band", name, (name,), ((BAND, 0.0),))
    return _Resolver(assets, common_names, indices).resolve(name)


class _Resolver:
    def __init__(
        self,
        assets: Collection[str],
        common_names: Collection[str],
        indices: Mapping[str, IndexSpec],
    ) -> None:
        self.known = frozenset(assets) | frozenset(common_names)
        self.bands = frozenset(band_of(name) for name in self.known)
        self.indices = {slug.lower(): spec for slug, spec in indices.items()}
        self.leaves: dict[str, int] = {}
        self.code: list[tuple[int, float]] = []

    def resolve(self, text: str) -> Program:
        index = self.indices.get(text.lower())
        if index is not None and self.exists(index, ()):
            degree = self.emit(expression_parse(index.expression).tree, (index.slug,))
            return self.program("index", index.slug, degree, index.scale)
        expression = expression_parse(text)
        degree = self.emit(expression.tree, ())
        kind = "band" if len(self.code) == 1 and self.code[0][0] == BAND else "expression"
        return self.program(kind, expression.canonical, degree, None)

    def program(self, kind: str, canonical: str, degree: int | None, scale: int | None) -> Program:
        return Program(kind, canonical, tuple(self.leaves), tuple(self.code), scale, not degree)

    def is_band(self, name: str) -> bool:
        return name in self.known or band_of(name) in self.bands

    def exists(self, index: IndexSpec, trail: tuple[str, ...]) -> bool:
        """Tell whether every band that an index needs is there."""
        if index.slug in trail:
            return False
        trail = (*trail, index.slug)
        return all(
            self.is_band(name)
            or (name.lower() in self.indices and self.exists(self.indices[name.lower()], trail))
            for name in expression_parse(index.expression).names
        )

    def emit(self, node: ast.expr, trail: tuple[str, ...]) -> int:
        """Append the postfix code of a node; return its degree of homogeneity in the bands."""
        if len(self.code) > MAX_PROGRAM:
            raise ExpressionError(f"more than {MAX_PROGRAM} operations with its indices.", 1)
        match node:
            case ast.Name():
                return self.emit_name(node, trail)
            case ast.Constant(value=value):
                self.code.append((NUMBER, float(value)))  # type: ignore[arg-type]
                return 0
            case ast.UnaryOp(operand=operand):
                degree = self.emit(operand, trail)
                self.code.append((NEG, 0.0))
                return degree
            case ast.BinOp():
                return self.emit_binary(node, trail)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self.emit_call(name, args, trail)
        raise ExpressionError("not allowed.", node.col_offset + 1)

    def emit_binary(self, node: ast.BinOp, trail: tuple[str, ...]) -> int:
        left = self.emit(node.left, trail)
        if isinstance(node.op, ast.Pow):
            exponent = int(node.right.value)  # type: ignore[attr-defined]
            self.code.append((POW, float(exponent)))
            return left * exponent
        right = self.emit(node.right, trail)
        operation = _BINARY[type(node.op)]
        self.code.append((operation, 0.0))
        return {MUL: left + right, DIV: left - right}.get(operation, max(left, right))

    def emit_call(self, name: str, args: list[ast.expr], trail: tuple[str, ...]) -> int:
        degree = self.emit(args[0], trail)
        for argument in args[1:]:
            degree = max(degree, self.emit(argument, trail))
            if name in ("min", "max"):
                self.code.append((_CALLS[name], 0.0))
        if name not in ("min", "max"):
            self.code.append((_CALLS[name], 0.0))
        return 0 if name == "log10" else degree

    def emit_name(self, node: ast.Name, trail: tuple[str, ...]) -> int:
        name, column = node.id, node.col_offset + 1
        if self.is_band(name):
            self.code.append((BAND, float(self.leaves.setdefault(name, len(self.leaves)))))
            return 1
        index = self.indices.get(name.lower())
        if index is None and name in RESERVED:
            raise ExpressionError(f"{name!r} needs a static layer, and there is none.", column)
        if index is None:
            raise ExpressionError(f"unknown name {name!r}; {self.offer()}", column)
        if index.slug in trail:
            cycle = " → ".join((*trail, index.slug))
            raise ExpressionError(f"index {name!r} contains itself ({cycle}).", column)
        try:
            return self.emit(expression_parse(index.expression).tree, (*trail, index.slug))
        except ExpressionError as error:
            raise ExpressionError(f"in index {index.slug}: {error}", column) from error

    def offer(self) -> str:
        return f"bands here: {', '.join(sorted(self.known)) or 'none'}; indices by their names."
