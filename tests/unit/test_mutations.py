"""The list of mutations fits the present tree, and a trial shows whether a test notices a mistake."""

import subprocess
from pathlib import Path

import pytest

from tests.mutations.mutation import ROOT, Mutation, load_mutations
from tests.mutations.trial import TreeCopy, Verdict

MUTATIONS = load_mutations()


def test_every_mutation_can_be_applied() -> None:
    """The text that a mutation replaces is in its file exactly once."""
    assert [fault for mutation in MUTATIONS if (fault := mutation.fault(ROOT))] == []


def test_every_mutation_has_tests_and_a_sentence() -> None:
    """The tests exist; the sentence says what goes wrong, and no two mutations say or do the same."""
    assert {test for mutation in MUTATIONS for test in mutation.tests if not (ROOT / test).is_file()} == set()
    assert [mutation.breaks for mutation in MUTATIONS if not mutation.breaks.endswith(".")] == []
    assert len({(mutation.file, mutation.find, mutation.replace) for mutation in MUTATIONS}) == len(MUTATIONS)


@pytest.mark.parametrize(
    ("find", "replace", "verdict"),
    [
        ("a + b", "a - b", Verdict.KILLED),
        ("a + b", "b + a", Verdict.SURVIVED),
        ("a * b", "a + b", Verdict.NOT_APPLIED),
        ("a", "b", Verdict.NOT_APPLIED),
        ("a + b", "a + b", Verdict.NOT_APPLIED),
    ],
)
def test_a_trial_says_whether_a_test_fails(tmp_path: Path, find: str, replace: str, verdict: Verdict) -> None:
    """A trial runs in a copy, so the tree stays as it is."""
    tree, copy = tmp_path / "tree", tmp_path / "copy"
    tree.mkdir()
    copy.mkdir()
    source = "def add(a, b):\n    return a + b\n"
    (tree / "sums.py").write_text(source)
    (tree / "test_sums.py").write_text("from sums import add\n\ndef test_add():\n    assert add(2, 3) == 5\n")
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    mutation = Mutation(
        subject="sums", file="sums.py", find=find, replace=replace, breaks="Sums.", tests=("test_sums.py",)
    )
    trial = TreeCopy(tree, copy).try_out(mutation)
    assert trial.verdict is verdict, trial.detail
    assert (tree / "sums.py").read_text() == (copy / "sums.py").read_text() == source
