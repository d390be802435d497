"""The mesh for a Pulumi CLI: the `aws` provider and the program, behind ports that the CLI is told to use.

`python -m localmesh env` asks the mesh for them and prints them as shell exports. They live in a process beside the
mesh, which starts when the first of them is asked for: nobody else pays for loading gRPC and Pulumi.
"""
