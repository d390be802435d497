"""Mutants of the handlers: every header of pages and answers, every conditional write, each taken away alone."""

from __future__ import annotations

import ast
import copy
import functools
import importlib.machinery
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

from tests.proof.mutating.bench import Mutant, run, warm_up

ROOT = Path(__file__).parents[3]
UNIT = "tests/unit/"
API = f"{UNIT}requests_api/test_requests_api_"
HEADERS = {
    "handlers/api": (f"{API}answers.py",),
    "handlers/pages": (f"{UNIT}test_pages.py",),
    "handlers": (f"{UNIT}test_entry_decide.py", f"{UNIT}test_pages.py"),
}
"""By folder: the tests that should miss a header."""
REGISTER = tuple(f"{UNIT}test_{name}.py" for name in ("register", "register_items", "register_lists", "vault"))
LEDGER = (f"{UNIT}test_ledger.py", f"{UNIT}test_share_lists.py")
WRITES = {
    "handlers/sharing/model/transition.py": REGISTER,
    "handlers/sharing/model/applied.py": REGISTER,
    "handlers/sharing/model/share_steps.py": LEDGER,
    "handlers/aws/dynamodb/register.py": REGISTER,
    "handlers/aws/dynamodb/vault.py": REGISTER,
    "handlers/aws/dynamodb/ledger.py": LEDGER,
    "handlers/aws/dynamodb/leases.py": LEDGER,
    "handlers/aws/dynamodb/steps.py": (*REGISTER, *LEDGER),
    "handlers/aws/dynamodb/changes.py": (*REGISTER, *LEDGER),
    "handlers/aws/dynamodb/store.py": (*REGISTER, *LEDGER),
}
"""By file: the tests that should miss a condition."""
CONDITIONS = {
    *("started_at", "newest_version", "creates", "keeps", "first_entry_only"),
    *("condition", "ReturnValuesOnConditionCheckFailure"),
}
"""Keyword arguments that say when a step may be taken, or what of it."""
HEADER = re.compile(r"[A-Za-z]+(-[A-Za-z]+)+|headers")
CONDITION = re.compile(r"attribute_(not_)?exists\(| IN \(|(^| )(AND|OR) ")

Edit = Callable[[ast.AST], None]
"""Changes the node of a copied tree."""


# --- expressions ------------------------------------------------------------------------------------------------------


def shorter(expression: str) -> Iterator[str]:
    """A condition expression without one of its parts: of an AND or OR, or of the values of an IN."""
    for word in (" OR ", " AND "):
        parts = split(expression, word)
        if len(parts) > 1:
            for number, part in enumerate(parts):
                rest = [*parts[:number], *parts[number + 1 :]]
                yield word.join(rest)
                yield from (word.join([*parts[:number], less, *parts[number + 1 :]]) for less in shorter(part))
            return
    if expression.startswith("(") and expression.endswith(")"):
        yield from (f"({less})" for less in shorter(expression[1:-1]))
    elif found := re.fullmatch(r"(.+ IN )\((.+)\)", expression):
        values = found[2].split(", ")
        yield from (f"{found[1]}({', '.join(v for v in values if v != gone)})" for gone in values)


def split(expression: str, word: str) -> list[str]:
    """The parts of an expression between the words that stand in no parentheses."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(expression):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and expression.startswith(word, place):
            parts.append(expression[start:place])
            start = place + len(word)
    return [*parts, expression[start:]]


# --- places in the sources --------------------------------------------------------------------------------------------


def headers(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """Every key of a dictionary that is a header's name, and every directive of a policy that stands in a tuple."""
    if isinstance(node, ast.Dict):
        for number, key in enumerate(node.keys):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and HEADER.fullmatch(key.value):
                yield key.value, functools.partial(_without_key, number)
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "policy" and isinstance(node.value, ast.Tuple):
        for number, part in enumerate(node.value.elts):
            yield f"Content-Security-Policy {ast.unparse(part)}", functools.partial(_without_element, number)


def _without_key(number: int, node: Any) -> None:
    del node.keys[number], node.values[number]


def _without_element(number: int, node: Any) -> None:
    del node.value.elts[number]


def writes(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """Every condition of a step or change, every part of one, and what makes single attributes conditional."""
    if isinstance(node, ast.Call):
        for number, keyword in enumerate(node.keywords):
            what = ast.unparse(keyword)
            if keyword.arg in CONDITIONS:
                yield what, functools.partial(_without_keyword, number)
            elif keyword.arg == "starts_from" and what != "starts_from=None":
                yield f"{what} → None", functools.partial(_with_none, number)
                if isinstance(keyword.value, ast.Tuple):
                    for place in range(len(keyword.value.elts)):
                        yield f"{what} without {place}", functools.partial(_without_state, number, place)
    if isinstance(node, ast.If) and re.search(r"\bparts\.append|ConditionExpression", ast.unparse(node)):
        yield ast.unparse(node.body[-1]), _passing
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CONDITION.search(node.value):
        text = node.value
        prefix = " AND " if text.startswith(" AND ") else ""
        if prefix:
            yield f"{text!r} → ''", functools.partial(_becoming, "")
        for less in shorter(text.removeprefix(prefix)):
            yield f"{text!r} → {prefix + less!r}", functools.partial(_becoming, prefix + less)
    if isinstance(node, ast.JoinedStr) and "if_not_exists" in (text := ast.unparse(node)):
        always = re.sub(r"if_not_exists\((#\{name\}), (:\{name\}|:nothing)\)", _always, text)
        yield f"{text} → {always}", functools.partial(_replaced, always)


def _always(found: re.Match[str]) -> str:
    return found[1] if found[2] == ":nothing" else found[2]


def _without_keyword(number: int, node: Any) -> None:
    del node.keywords[number]


def _with_none(number: int, node: Any) -> None:
    node.keywords[number].value = ast.Constant(None)


def _without_state(number: int, place: int, node: Any) -> None:
    del node.keywords[number].value.elts[place]


def _passing(node: Any) -> None:
    node.body = [ast.Pass()]


def _becoming(text: str, node: Any) -> None:
    node.value = text


def _replaced(source: str, node: Any) -> None:
    node.values = ast.parse(source, mode="eval").body.values  # type: ignore[attr-defined]


# --- mutants ----------------------------------------------------------------------------------------------------------


def mutants() -> Iterator[Mutant]:
    """All of them."""
    for folder, tests in HEADERS.items():
        for path in sorted((ROOT / folder).glob("*.py")):
            yield from of(path, "answer: header", headers, tests)
    for name, tests in WRITES.items():
        yield from of(ROOT / name, "conditional write", writes, tests)


def of(
    path: Path, kind: str, places: Callable[[ast.AST], Iterator[tuple[str, Edit]]], tests: tuple[str, ...]
) -> Iterator[Mutant]:
    """The mutants of one file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, _DOCUMENTED)}
    for number, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.Constant) and node.value in docstrings:
            continue
        for what, edit in places(node):
            changed = copy.deepcopy(tree)
            edit(next(each for place, each in enumerate(ast.walk(changed)) if place == number))
            where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: {what}"
            yield Mutant(kind, where, functools.partial(overlay, path, ast.fix_missing_locations(changed)), tests)


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


def overlay(path: Path, tree: ast.Module) -> None:
    """From now on this process imports `tree` where a source file is."""
    get_code = importlib.machinery.SourceFileLoader.get_code

    def get(loader: Any, name: str) -> CodeType | None:
        return compile(tree, str(path), "exec") if Path(loader.path) == path else get_code(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    warm_up(f"{UNIT}test_stepfunctions.py", f"{UNIT}test_register.py")
    run(mutants())
