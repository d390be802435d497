"""The process that a Pulumi CLI talks to: it takes orders in lines of JSON, and ends with the mesh that gives them."""

import json
import os
import sys

from localmesh.engine.language import LanguageHost
from localmesh.provider import Endpoint
from localmesh.provider.server import ProviderServer


def main() -> None:
    """Serves, until its standard input ends."""
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    sys.stdout = sys.stderr
    host, servers = LanguageHost(), list[ProviderServer]()
    for line in sys.stdin:
        order = json.loads(line)
        given = order["credentials"]
        endpoint = Endpoint(
            order["endpoint_url"],
            given["AWS_ACCESS_KEY_ID"],
            given["AWS_SECRET_ACCESS_KEY"],
            given["AWS_SESSION_TOKEN"],
            order["api_base_url"],
        )
        servers.append(ProviderServer(endpoint))  # kept: one that is let go of stops
        lines.write(json.dumps({"provider": servers[-1].port, "language": host.port}) + "\n")
        lines.flush()
    os._exit(0)  # gRPC's threads would only be waited for


if __name__ == "__main__":
    main()
