"""Archives of functions and layers, unpacked once each, and the packages that Lambda's own runtime brings."""

import importlib.util
import io
import shutil
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path

_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")
"""What Lambda's Python has without any layer: boto3 and what it stands on."""
_CLOCK = ("time_machine", "_time_machine")


class Archives:
    """Unpacked archives, under a folder that the mesh removes when it stops.

    Args:
        folder: exists already.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def unpacked(self, digest: str, content: bytes) -> Path:
        """The folder that holds an archive's files.

        Args:
            digest: tells archives apart.
            content: the zip.
        """
        with self._lock:
            target = self._folder / digest[:32]
            if not target.exists():
                partial = target.with_suffix(".partial")
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    archive.extractall(partial)
                partial.rename(target)
            return target

    def runtime(self) -> Path:
        """A folder with nothing but the runtime's packages, linked from this environment."""
        return self._linked("runtime", _RUNTIME)

    def clock(self) -> Path:
        """A folder with nothing but what moves a clock, linked from this environment."""
        return self._linked("clock", _CLOCK)

    def _linked(self, folder: str, names: Sequence[str]) -> Path:
        with self._lock:
            target = self._folder / folder
            if not target.exists():
                partial = target.with_suffix(".partial")
                partial.mkdir()
                for name in names:
                    spec = importlib.util.find_spec(name)
                    if spec is None or spec.origin is None:
                        raise ModuleNotFoundError(f"functions need {name}: install all that the mesh depends on")
                    origin = Path(spec.origin)
                    source = origin.parent if origin.name == "__init__.py" else origin
                    (partial / source.name).symlink_to(source)
                partial.rename(target)
            return target

    def remove(self) -> None:
        """Removes all of it."""
        shutil.rmtree(self._folder, ignore_errors=True)
