"""One run of a program: the engine's request on standard input, the answer to it on standard output."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2


def main() -> None:
    """Runs it; what the program prints goes to standard error."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    request = language_pb2.RunRequest.FromString(sys.stdin.buffer.read())
    folder = Path(request.info.program_directory)
    sys.path.insert(0, str(folder))
    program = cast(
        Callable[[], None], lambda: runpy.run_path(str(folder / "__main__.py"), run_name="__main__") and None
    )
    server: Any = LanguageServer(program)
    response = server.Run(request, None)
    answer.write(response.SerializeToString())
    answer.close()
    os._exit(0)  # as the ordinary host's executor ends: nothing waits for idle threads


if __name__ == "__main__":
    main()
