"""The path of a signup through the code can be traced in a running gateway."""

from tests.structure.measure import PROJECT
from tests.structure.signup_path import trace_signup


def test_a_signup_runs_from_the_application_to_the_store_and_back() -> None:
    """The trace names each step in order, and all steps are in this checkout."""
    path = trace_signup(PROJECT)
    at = [path.files.index(f"router/{name}") for name in ("asgi.py", "web/hot/signup_api.py", "store/assignments.py")]
    assert at == sorted(at)
    assert all((PROJECT / file).is_file() for file in path.files)
    assert path.changes >= len(path.files) - 1
