"""Names of the runs that take shares back: the same for the same, so that nothing is begun twice."""

import hashlib


def run_name(what: str, of: str) -> str:
    """The name of a run that does this of that, whose own name may be longer and freer than a run's may be."""
    return f"{what}-{hashlib.sha256(of.encode(errors='surrogatepass')).hexdigest()[:32]}"
