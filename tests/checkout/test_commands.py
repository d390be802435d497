"""The commands of the documents: what can be known of them without running them.

`tests/engine/test_readme.py` runs the README's rehearsal. The other blocks act on accounts and stacks of the reader's
own, with ids to be put in, so they are held to this: a shell can read them, AWS has what they call, with those options,
and configuration has the keys that they set.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from settings.keys import KEYS

from .test_documents import DOCUMENTS, ROOT

_BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(aws [^`]+)`")
_QUOTED = re.compile(r"\"\$\([^()]*\)\"|'[^']*'|\"[^\"]*\"|<[^>\n]*>")
_AWS = re.compile(r"\baws ([a-z0-9-]+) ([a-z0-9-]+)([^|;&>)#\n]*)")
_OF_EVERY_COMMAND = {"region", "query", "output", "profile", "cli-pager", "cli-binary-format"}

ALL = [path for path in DOCUMENTS if "```sh" in path.read_text(encoding="utf-8")]


def blocks(text: str) -> Iterator[str]:
    """The shell blocks of a document, without what indents them."""
    for indent, block in _BLOCK.findall(text):
        yield re.sub(f"^{indent}", "", block, flags=re.MULTILINE)


@cache
def _operations(service: str) -> Mapping[str, set[str]]:
    model = botocore.session.get_session().get_service_model(service)
    return {
        xform_name(name, "-"): {
            xform_name(member, "-")
            for shape in [model.operation_model(name).input_shape]
            for member in (shape.members if shape else ())
        }
        for name in model.operation_names
    }


@pytest.mark.parametrize("document", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_shell_can_read_them(document: Path) -> None:
    for block in blocks(document.read_text(encoding="utf-8")):
        # What stands in angle brackets is to be put in.
        filled = re.sub(r"<[a-z][^>\n]*>|…", "put-in", block)
        read = subprocess.run(["bash", "-n"], input=filled, capture_output=True, text=True, check=False)
        assert not read.stderr, f"{block}\n{read.stderr}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_aws_has_what_they_call(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for command in (*blocks(text), *_INLINE.findall(text)):
        for service, operation, rest in _AWS.findall(_QUOTED.sub("'x'", command.replace("\\\n", " "))):
            known = _operations(service)
            assert operation in known, f"aws {service} {operation}"
            options = set(re.findall(r"--(?:no-)?([a-z][a-z0-9-]*)", rest)) - _OF_EVERY_COMMAND
            assert options <= known[operation], f"aws {service} {operation}: {options - known[operation]}"


@pytest.mark.parametrize("document", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_configuration_has_the_keys_that_they_set(document: Path) -> None:
    for block in blocks(document.read_text(encoding="utf-8")):
        for words in re.findall(r"\bpulumi config (?:set|rm) ([^&|\n]*)", block):
            key = re.sub(r"--(stack|type) \S+|--[a-z]+|'", " ", words).split()[0]
            assert re.split(r"[\[.]", key)[0] in KEYS, words
