"""The sources of the house as syntax trees, for tests about their form."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PLANES = ("apps", "workers", "controlcenter")
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path below the root, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, path: str, text: str) -> "Source":
        return cls(path, text, ast.parse(text))

    @property
    def line_count(self) -> int:
        return len(self.text.splitlines())

    def functions(self) -> Iterator[tuple[str, FunctionNode]]:
        """Every function and method with its dotted name inside the file."""
        yield from _functions(self.tree, "")

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    def imported(self) -> set[str]:
        """Dotted names of everything imported: ``a.b`` of ``from a import b`` as well."""
        names: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module} | {f"{node.module}.{a.name}" for a in node.names}
        return names

    def used_beyond_types(self) -> set[str]:
        """Plain names that are read anywhere else than in an annotation."""
        return {
            node.id
            for node in _outside_annotations(self.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }

    def names_from(self, module: str) -> set[str]:
        """Local names of what is imported from a module (or from modules below it)."""
        return {
            alias.asname or alias.name
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom)
            and node.module
            and (node.module == module or node.module.startswith(f"{module}."))
            for alias in node.names
        }

    def calls(self) -> set[str]:
        """Dotted names of everything called, as far as they are plain names."""
        return {
            ast.unparse(node.func)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
        }


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, FunctionNode]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode):
            yield f"{prefix}{child.name}", child
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        else:
            yield from _functions(child, prefix)


def _outside_annotations(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree without annotations, base-class subscripts and quoted types."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.Subscript) and name in {"bases"}:
                continue
            if isinstance(child, ast.AST):
                yield from _outside_annotations(child)


def body_lines(function: FunctionNode) -> int:
    """Lines of a function's body without its signature and docstring."""
    body = function.body
    if ast.get_docstring(function, clean=False) is not None:
        body = body[1:]
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def function_lines(function: FunctionNode) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def decorator_names(function: FunctionNode) -> set[str]:
    return {
        ast.unparse(d.func if isinstance(d, ast.Call) else d).rpartition(".")[2]
        for d in function.decorator_list
    }


@cache
def sources(*planes: str) -> tuple[Source, ...]:
    """Every source file of these planes (all three by default), without migrations."""
    return tuple(
        Source.of(path.relative_to(ROOT).as_posix(), path.read_text())
        for plane in planes or PLANES
        for path in sorted((ROOT / plane).rglob("*.py"))
        if "migrations" not in path.parts
    )
