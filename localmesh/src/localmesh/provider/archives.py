"""Pulumi's assets and archives, and the zip that Lambda gets of one: same sources, same bytes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pulumi

from localmesh.provider.errors import ProviderError

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks an object on Pulumi's wire as something else than an object."""
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can tell
_SKIPPED = "__pycache__"


def is_archive(value: object) -> bool:
    """Tell whether a value is an archive in its wire form."""
    return isinstance(value, Mapping) and cast(Mapping[str, object], value).get(SIGNATURE) == ARCHIVE


def is_packed(value: object) -> bool:
    """Tell whether a value is an archive or an asset in its wire form."""
    return isinstance(value, Mapping) and cast(Mapping[str, object], value).get(SIGNATURE) in {ARCHIVE, ASSET}


def on_wire(value: pulumi.Asset | pulumi.Archive) -> dict[str, Any]:
    """Give the wire form of one of Pulumi's own objects (which is what arrives over `Mocks`)."""
    match value:
        case pulumi.StringAsset():
            return {SIGNATURE: ASSET, "text": value.text}
        case pulumi.FileAsset():
            return {SIGNATURE: ASSET, "path": str(value.path)}
        case pulumi.FileArchive():
            return {SIGNATURE: ARCHIVE, "path": str(value.path)}
        case pulumi.AssetArchive():
            parts = cast(Mapping[str, pulumi.Asset | pulumi.Archive], value.assets)
            return {SIGNATURE: ARCHIVE, "assets": {name: on_wire(part) for name, part in parts.items()}}
        case _:
            raise ProviderError(f"expected an archive of files or texts on this machine, got a {type(value).__name__}")


def zip_of(archive: Mapping[str, Any]) -> bytes:
    """Build the zip of an archive: entries in order of name, no times, so that equal content gives equal bytes."""
    path = archive.get("path")
    if path is not None and Path(path).is_file():
        if not zipfile.is_zipfile(path):
            raise ProviderError(f"expected a zip file or a directory as code, got {path}")
        return Path(path).read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, content in sorted(_entries("", archive)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, content)
    return packed.getvalue()


def same_code(left: Any, right: Any) -> bool:
    """Compare two archives by content: by the engine's hashes where both have one, else by what is in them."""
    if not is_archive(left) or not is_archive(right):
        return left == right
    if left.get("hash") and right.get("hash"):
        return left["hash"] == right["hash"]
    # The engine's state may hold no more of an archive than its hash: that is not what was just read from AWS.
    return all("assets" in one or "path" in one for one in (left, right)) and _digest(left) == _digest(right)


def same_asset(left: Any, right: Any) -> bool:
    """Compare two assets by content."""
    if not is_packed(left) or not is_packed(right):
        return left == right
    return _hash(left) == _hash(right)


def _hash(asset: Mapping[str, Any]) -> str:
    """Give the SHA-256 of an asset, as the engine does; it stands where an asset of long ago is no longer there."""
    return asset.get("hash") or hashlib.sha256(content_of(asset)).hexdigest()


def _digest(archive: Mapping[str, Any]) -> str:
    found = hashlib.sha256()
    for name, content in sorted(_entries("", archive)):
        found.update(f"{len(name)} {len(content)} {name}".encode() + content)
    return found.hexdigest()


def _entries(prefix: str, archive: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    if "assets" in archive:
        for name, part in cast(Mapping[str, Mapping[str, Any]], archive["assets"]).items():
            if is_archive(part):
                yield from _entries(f"{prefix}{name}/", part)
            else:
                yield prefix + name, content_of(part)
        return
    root = Path(archive.get("path") or "")
    if not archive.get("path") or not root.exists():
        raise ProviderError(f"expected an archive of files on this machine, got {archive.get('uri') or root}")
    if root.is_file():
        with zipfile.ZipFile(root) as packed:
            for name in packed.namelist():
                if not name.endswith("/"):
                    yield prefix + name, packed.read(name)
        return
    for path in root.rglob("*"):
        if path.is_file() and _SKIPPED not in path.parts:
            yield prefix + path.relative_to(root).as_posix(), path.read_bytes()


def content_of(asset: Mapping[str, Any]) -> bytes:
    """Read an asset."""
    if "text" in asset:
        return cast(str, asset["text"]).encode()
    if asset.get("path"):
        return Path(asset["path"]).read_bytes()
    raise ProviderError(f"expected an asset with a text or a path on this machine, got {sorted(asset)}")
