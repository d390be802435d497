"""Row filter expressions, as Lake Formation takes them: a part of the WHERE clause of PartiQL.

https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html, all of it but this:

- Nested fields of structs are refused here; AWS takes them.
- The reserved words are those of https://partiql.org/syntax/reserved-keywords-spec-version-2019.html; AWS's page names
  a few, and says that a column of such a name has to be put in double quotes.
- The page has types that "a table contains"; here they are those of the columns that the expression names.
- How deep parentheses may go is not written. The texts of errors are the mesh's own.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

_TOO_LONG = 2048
_DEEPEST = 50
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")+")
      | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>[A-Za-z_$][\w$]*)
      | (?P<sign><=|>=|<>|!=|[=<>(),.])
    )""",
    re.VERBOSE,
)
_COMPARISONS = ("=", ">", "<", ">=", "<=", "<>", "!=")
_KINDS = {
    **dict.fromkeys(("string", "char", "varchar"), "string"),
    **dict.fromkeys(("int", "integer", "long", "bigint", "float", "decimal", "double"), "number"),
    "boolean": "boolean",
}
"""What a column of each type is compared with; other types cannot be."""
_WORDS = """
absolute action add all allocate alter and any are as asc assertion at authorization avg bag begin between bit
bit_length blob bool boolean by can_cast can_lossless_cast cascade cascaded case cast catalog char character
character_length char_length check clob close coalesce collate collation column commit conflict connect connection
constraint constraints continue convert corresponding count create cross current current_date current_time
current_timestamp current_user cursor date date_add date_diff deallocate dec decimal declare default deferrable
deferred delete desc describe descriptor diagnostics disconnect distinct do domain double drop else end escape
except exception exec execute exists external extract false fetch first float for foreign found from full get global
go goto grant group having identity immediate in index indicator initially inner input insensitive insert int
integer intersect interval into is isolation join key language last left let level like limit list local lower match
max min missing modified module names national natural nchar new next no not nothing null nullif numeric
octet_length of old on only open option or order outer output overlaps pad partial pivot position precision prepare
preserve primary prior privileges procedure public read real references relative remove restrict returning revoke
right rollback rows schema scroll section select session session_user set sexp size smallint some space sql sqlcode
sqlerror sqlstate string struct substring sum symbol system_user table temporary then time timestamp to transaction
translate translation trim true tuple union unique unknown unpivot update upper usage user using value values
varchar varying view when whenever where with work write zone
"""
_RESERVED = frozenset(_WORDS.split())


class ExpressionError(Exception):
    """An expression that Lake Formation does not take; says why."""


@dataclass(frozen=True)
class Columns:
    """What an expression may name: the type of each column, partition keys included, as the catalogue spells them."""

    types: Mapping[str, str]
    keys: AbstractSet[str] = frozenset()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.lower() in words

    def is_sign(self, *signs: str) -> bool:
        return self.kind == "sign" and self.text in signs


_END = _Token("end", "the end")


def check(expression: str, columns: Columns) -> None:
    """Checks an expression.

    Raises:
        ExpressionError: it is too long, does not parse, or does not fit the columns.
    """
    if len(expression) >= _TOO_LONG:
        raise ExpressionError(f"it must be shorter than {_TOO_LONG} characters, got {len(expression)}")
    parser = _Parser(_tokens(expression), columns)
    parser.alternatives(0)
    parser.end()


def _tokens(expression: str) -> list[_Token]:
    found: list[_Token] = []
    text = expression.rstrip()
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise ExpressionError(
                f"expected a column, a constant or an operator, got {text[position:].lstrip()[:20]!r}"
            )
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


class _Parser:
    """Reads an expression from left to right; each method takes what it is named for, or raises `ExpressionError`."""

    def __init__(self, tokens: list[_Token], columns: Columns) -> None:
        self._tokens = tokens
        self._columns = columns
        self._at = 0

    def alternatives(self, depth: int) -> None:
        self._both(depth)
        while self._next.is_word("or"):
            self._take()
            self._both(depth)

    def end(self) -> None:
        if self._next is not _END:
            raise ExpressionError(f"expected AND, OR or the end, got {self._next.text}")

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _sign(self, sign: str) -> None:
        token = self._take()
        if not token.is_sign(sign):
            raise ExpressionError(f"expected {sign}, got {token.text}")

    def _word(self, word: str) -> None:
        token = self._take()
        if not token.is_word(word):
            raise ExpressionError(f"expected {word.upper()}, got {token.text}")

    def _both(self, depth: int) -> None:
        self._one(depth)
        while self._next.is_word("and"):
            self._take()
            self._one(depth)

    def _one(self, depth: int) -> None:
        while self._next.is_word("not"):
            self._take()
        if not self._next.is_sign("("):
            self._simple()
            return
        if depth == _DEEPEST:
            raise ExpressionError(f"parentheses must not be more than {_DEEPEST} deep")
        self._take()
        self.alternatives(depth + 1)
        self._sign(")")

    def _simple(self) -> None:
        name, kind = self._column()
        token = self._take()
        if token.is_word("is"):
            self._null(name)
            return
        negated = token.is_word("not")
        operator = self._take() if negated else token
        if operator.is_word("between"):
            self._constant(kind)
            self._word("and")
            self._constant(kind)
        elif operator.is_word("in"):
            self._sign("(")
            self._constant(kind)
            while self._next.is_sign(","):
                self._take()
                self._constant(kind)
            self._sign(")")
        elif (operator.is_sign(*_COMPARISONS) and not negated) or (operator.is_word("like") and kind == "string"):
            self._constant(kind)
        else:
            raise ExpressionError(f"expected an operator for {name}, a {kind}, got {operator.text}")

    def _null(self, name: str) -> None:
        if self._next.is_word("not"):
            self._take()
        self._word("null")
        if name in self._columns.keys:
            raise ExpressionError(f"IS [NOT] NULL is not possible on partition keys, got {name}")

    def _column(self) -> tuple[str, str]:
        """A column's name in the catalogue, and what it is compared with."""
        token = self._take()
        if token.kind == "word" and self._next.is_sign("("):
            raise ExpressionError(f"functions are not possible, got {token.text}")
        if token.kind not in {"word", "quoted"} or (token.kind == "word" and token.text.lower() in _RESERVED):
            wanted = "a column (in double quotes if its name is a reserved word)"
            raise ExpressionError(f"expected {wanted}, got {token.text}")
        if self._next.is_sign("."):
            raise ExpressionError(f"nested columns are not known here, got one of {token.text}")
        # What is in double quotes is taken by its case: the page of the reserved words.
        quoted = token.text[1:-1].replace('""', '"') if token.kind == "quoted" else None
        for name, type_ in self._columns.types.items():
            if name == quoted or (quoted is None and name.lower() == token.text.lower()):
                return name, _kind(name, type_)
        raise ExpressionError(f"the table has no column {token.text}")

    def _constant(self, kind: str) -> None:
        token = self._take()
        got = "boolean" if token.is_word("true", "false") else token.kind
        if got != kind:
            raise ExpressionError(f"expected a constant that is a {kind}, got {token.text}")


def _kind(name: str, type_: str) -> str:
    kind = _KINDS.get(re.split(r"[(<]", type_.lower())[0].strip())
    if kind is None:
        raise ExpressionError(f"columns of type {type_} are not possible, got {name}")
    return kind
