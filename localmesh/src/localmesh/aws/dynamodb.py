"""moto's DynamoDB, made quicker: one change of an item takes it longer than all the rest of a call.

It parses an update's expression twice, walks what it parsed ten times and asks each node what it is, and copies and
measures the item over and over. For each entry of a transaction it copies the whole table, so as to put it back if one
fails. What comes of it is the same here; only no work is done twice.
"""

import base64
import copy
import functools
from typing import Any

from localmesh.aws import moto

_SURELY_FITS = 200_000
"""Bytes that were ever set in an item; it may hold 400 KB."""
_BINARY = frozenset({"B", "BS"})
_PLAIN = frozenset({str, int, float, bool, type(None)})


def install() -> None:
    """Corrects moto."""
    parser = moto.module("moto.dynamodb.parsing.expressions").UpdateExpressionParser
    # What was parsed is only read; validation begins with a copy.
    parser.make = staticmethod(functools.lru_cache(maxsize=512)(parser.make))
    _trees(moto.module("moto.dynamodb.parsing.ast_nodes"))
    # It counts the clauses below each clause; below the root are all.
    counting = moto.module("moto.dynamodb.parsing.validators").ActionCountValidator
    counting.traverse = counting.verify_action_counts
    values = moto.module("moto.dynamodb.models.dynamo_type")
    _values(values)
    _answers(moto.module("moto.dynamodb.responses"), values.DynamoType)
    _transactions(moto.module("moto.dynamodb.models"), values.DynamoType)


def _trees(nodes: Any) -> None:
    node_class: Any = nodes.Node
    # The nodes' classes are abstract ones, whose `isinstance` is slow.
    is_a = functools.cache(issubclass)

    def copied(self: Any, memo: object = None) -> Any:
        del memo
        copy = object.__new__(self.__class__)
        copy.__dict__.update(self.__dict__, parent=None)
        if self.children is not None:
            copy.children = [copied(each) if is_a(each.__class__, node_class) else each for each in self.children]
            for each in copy.children:
                if is_a(each.__class__, node_class):
                    each.parent = copy
        return copy

    def traverse(self: Any, root: Any) -> Any:
        kinds = self.nodes_to_be_processed()

        def walk(node: Any, place: int) -> Any:
            if not is_a(node.__class__, node_class):
                return node
            parent = node.parent
            for at, child in enumerate(node.children or ()):
                self.pre_processing_of_child(node, at)
                walk(child, at)
            if is_a(node.__class__, kinds):
                node = self.process(node)
                node.parent = parent
                if parent is not None:
                    parent.children[place] = node
            return node

        return walk(root, -1)

    def find_clauses(self: Any, wanted: list[type]) -> list[Any]:
        found: list[Any] = []
        for child in self.children or ():
            if child.__class__ in wanted:
                found.append(child)
            elif is_a(child.__class__, (nodes.Expression, nodes.UpdateExpressionFunction)):
                found += find_clauses(child, wanted)
        return found

    node_class.__deepcopy__ = copied
    node_class.find_clauses = find_clauses
    nodes.DepthFirstTraverser.traverse = traverse


def _values(types: Any) -> None:
    value_class: Any = types.DynamoType
    bytesize: Any = types.bytesize

    def copied(self: Any, memo: object = None) -> Any:
        """Copies what can be changed."""
        del memo
        if self.__class__ is not value_class:
            return copy.deepcopy(self)
        result = object.__new__(value_class)
        result.type, value = self.type, self.value
        if value.__class__ is list:
            value = [each if each.__class__ is str else copied(each) for each in value]
        elif value.__class__ is dict:
            value = {name: copied(each) for name, each in value.items()}
        result.value = value
        return result

    def to_regular_json(self: Any) -> dict[str, Any]:
        """Moto copies all of a value at each of its levels."""
        value = self.value
        if value.__class__ is dict:
            value = {name: _regular(each) for name, each in value.items()}
        elif value.__class__ is list:
            value = [_regular(each) for each in value]
        elif self.type == "B" and isinstance(value, str):
            value = base64.b64decode(value)
        return {self.type: value}

    def _regular(value: Any) -> Any:
        return to_regular_json(value) if value.__class__ is value_class else copy.deepcopy(value)

    @moto.correct(value_class, "size")
    def _size(original: Any, self: Any) -> int:
        """Moto makes new values of all that is in a map, at each of its levels."""
        if self.type == "M":
            return sum(bytesize(name) + _size(original, each) for name, each in self.value.items())
        if self.type == "L":
            return sum(_size(original, each) for each in self.value)
        return len(self.value.encode()) if self.type == "S" else original(self)

    @moto.correct(types.Item, "project")
    def _project(original: Any, self: Any, paths: list[list[str]]) -> Any:
        """For each attribute moto makes the whole item anew."""
        if any(len(path) != 1 or "[" in path[0] for path in paths):
            return original(self, paths)
        there: Any = self.attrs
        item = object.__new__(types.Item)
        item.hash_key, item.range_key = self.hash_key, self.range_key
        item.attrs = types.LimitedSizeDict({name: copied(there[name]) for (name,) in paths if name in there})
        return item

    @moto.correct(types.LimitedSizeDict, "__setitem__")
    def _set(original: Any, self: Any, name: str, value: Any) -> None:
        """Measures the whole item only once it may be half as large as it can be."""
        known: int = getattr(self, "grown", _SURELY_FITS if self else 0)
        grown = known + len(name) + (value.size() if value.__class__ is value_class else 0)
        self.grown = grown
        if grown < _SURELY_FITS and value.__class__ is value_class:
            dict[str, Any].__setitem__(self, name, value)
        else:
            original(self, name, value)

    value_class.__deepcopy__ = copied
    value_class.to_regular_json = to_regular_json


def _transactions(models: Any, value_class: Any) -> None:
    # Only transactions copy tables there.
    models.copy = _NoTables

    @moto.correct(models.DynamoDBBackend, "transact_write_items")
    def _write(original: Any, self: Any, transact_items: list[dict[str, Any]]) -> Any:
        """Keeps the items that it touches, and no more, in case that it has to put them back."""
        before: list[tuple[Any, Any, Any, Any]] = []
        for entry in transact_items:
            (asked,) = entry.values()
            table = self.tables.get(asked.get("TableName"))
            if table is None:
                continue
            key: dict[str, Any] = asked.get("Key") or asked.get("Item") or {}
            first, second = (
                value_class(key[name]) if name in key else None for name in (table.hash_key_attr, table.range_key_attr)
            )
            held = table.items.get(first, {}).get(second) if table.has_range_key else table.items.get(first)
            before.append((table, first, second, copy.deepcopy(held)))
        try:
            return original(self, transact_items)
        except Exception:
            for table, first, second, held in before:
                there = table.items[first] if table.has_range_key else table.items
                place = second if table.has_range_key else first
                if held is None:
                    there.pop(place, None)
                else:
                    there[place] = held
            raise


class _NoTables:
    """`copy`, but for tables, which stay as they are."""

    @staticmethod
    def deepcopy(value: Any) -> Any:
        return value if hasattr(value, "hash_key_attr") else copy.deepcopy(value)


def _answers(responses: Any, value_class: Any) -> None:
    @moto.correct(responses, "dynamo_to_dict")
    def _to_dict(original: Any, answer: Any) -> Any:
        """Asks for the kinds that are common before those that are costly to tell."""
        if answer.__class__ in _PLAIN:
            return answer
        if answer.__class__ is value_class and answer.type not in _BINARY:
            return {answer.type: _to_dict(original, answer.value)}
        if answer.__class__ is dict:
            return {name: _to_dict(original, each) for name, each in answer.items()}
        if answer.__class__ is list:
            return [_to_dict(original, each) for each in answer]
        return original(answer)
