"""A small Pulumi program that is not the mesh's: it is deployed onto it, works, and goes again."""
