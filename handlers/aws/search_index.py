"""The index of the catalogue's words as an object in a bucket: put as one, read when it has changed."""

import json
import zlib
from array import array
from time import monotonic
from typing import Any, Final

from handlers.aws.clients import client, translated
from handlers.sharing.model.errors import SearchNotReady, TryAgain
from handlers.sharing.model.search_index import SearchIndex

KEY: Final = "index"
FORM: Final = 1
"""Another number for another form: what an earlier release wrote is not read, and the next index replaces it."""
SECONDS_KEPT: Final = 10
"""How long an index is used before the bucket is asked whether there is a newer one."""

_NUMBERS: Final = ("holders", "starts", "entries")
_ABSENT: Final = frozenset({"NoSuchKey", "AccessDenied", "404", "403"})
"""S3 says of an object that is not there that it may not be read, to those who may not list the bucket."""
_UNCHANGED: Final = "304"

_kept: dict[str, tuple[float, str, SearchIndex]] = {}
"""By bucket: when it was asked last, the object's tag, and the index. As long as the function's process lives."""


class BucketIndexes:
    """`SearchIndexes` in a bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def latest(self) -> SearchIndex:
        """The index; an older one that is here already, where the bucket does not answer: it says how old it is."""
        asked, tag, index = _kept.get(self._bucket, (0.0, "", None))
        if index is not None and monotonic() - asked < SECONDS_KEPT:
            return index
        try:
            found = self._read(tag)
            if found is not None:
                tag, index = found[0], unpacked(found[1])
        except TryAgain:
            if index is None:
                raise
        if index is None:
            raise SearchNotReady("The catalogue has not been indexed yet. It will be within half an hour.")
        _kept[self._bucket] = monotonic(), tag, index
        return index

    def put(self, index: SearchIndex) -> None:
        """Replace it."""
        with translated("keep the index of the catalogue"):
            client("s3").put_object(Bucket=self._bucket, Key=KEY, Body=packed(index))

    def _read(self, tag: str) -> tuple[str, bytes] | None:
        """Tag and content of the object; `None` where it has that tag still, or is not there."""
        from botocore.exceptions import ClientError

        known = {"IfNoneMatch": tag} if tag else {}
        with translated("read the index of the catalogue"):
            try:
                answer = client("s3").get_object(Bucket=self._bucket, Key=KEY, **known)
                return answer["ETag"], answer["Body"].read()
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in {_UNCHANGED, *_ABSENT}:
                    return None
                raise


def packed(index: SearchIndex) -> bytes:
    """An index as bytes: a line of JSON with texts and sizes, then the numbers, four bytes each; all compressed."""
    numbers = {name: array("I", getattr(index, name)) for name in _NUMBERS}
    header = {
        "form": FORM,
        "built_at": index.built_at,
        "unread": index.unread,
        "names": list(index.names),
        "words": list(index.words),
        **{name: len(values) for name, values in numbers.items()},
    }
    return zlib.compress(json.dumps(header).encode() + b"\n" + b"".join(each.tobytes() for each in numbers.values()))


def unpacked(content: bytes) -> SearchIndex:
    """The inverse of `packed`.

    Raises:
        SearchNotReady: another release wrote it, or it is none.
    """
    try:
        line, _, rest = zlib.decompress(content).partition(b"\n")
        header: dict[str, Any] = json.loads(line)
        numbers: dict[str, array[int]] = {}
        begin = 0
        for name in _NUMBERS:
            end = begin + 4 * header[name]
            numbers[name] = array("I", rest[begin:end])
            begin = end
        index = SearchIndex(header["built_at"], header["unread"], header["names"], words=header["words"], **numbers)
        whole = header["form"] == FORM and begin == len(rest) and len(index.entries) == index.starts[-1]
    except (ValueError, KeyError, TypeError, IndexError, zlib.error):
        whole, index = False, None
    if index is None or not whole:
        raise SearchNotReady(
            "The index of the catalogue is not of this release; the next one, within half an hour, is."
        )
    return index
