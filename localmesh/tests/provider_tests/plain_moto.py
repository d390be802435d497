"""moto as it is, behind the mesh's HTTP server, in a process of its own; of the mesh's corrections only what it lacks.

It prints its address and runs until its standard input ends. With `--managed-policies` it brings AWS's own policies,
half a second for each account.
"""

import sys

from localmesh.aws import calls, moto
from localmesh.web import Server


def main() -> None:
    server = Server()
    moto.configure(server.port)
    settings = moto.module("moto.core.config").default_user_config
    settings["iam"] = {"load_aws_managed_policies": "--managed-policies" in sys.argv}
    settings["lambda"] = {"use_docker": False}
    moto.load()
    from localmesh.aws import apigatewayv2, cloudfront, cognito_identity, cognito_pools, definitions, s3, sts
    from localmesh.aws.server import answer

    # Without these, some types could not be made at all.
    for service in (apigatewayv2, cloudfront, cognito_identity, cognito_pools, definitions, s3, sts):
        service.install()

    server.serve(lambda request: answer(calls.identify(request)))
    print(server.url, flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
