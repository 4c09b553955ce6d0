"""Try all mutations, and print those that no test notices.

    python -m tests.mutations [--only core] [--file claim.lua] [--list] [--json]

The exit code is 1 if a mutation survived, could not be applied, or broke the tests.
"""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence

from tests.mutations.mutation import ROOT, Mutation, load_mutations
from tests.mutations.trial import Trial, Verdict, copied_tree


def main() -> int:
    """Run the command."""
    parser = ArgumentParser(prog="python -m tests.mutations", description="Try whether tests notice mistakes.")
    parser.add_argument("--only", default="", metavar="SUBJECT", help="an area or a subject: core, or core/lines")
    parser.add_argument("--file", default="", metavar="NAME", help="mutations of files whose path contains this")
    parser.add_argument("--list", action="store_true", help="list the mutations, and try none")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    chosen = [
        mutation
        for mutation in load_mutations()
        if f"{mutation.subject}/".startswith(options.only) and options.file in mutation.file
    ]
    if options.list:
        print(_as_json_list(chosen) if options.json else "\n".join(map(_row, chosen)))
        return 0
    trials = []
    for trial in _try_all(chosen):
        trials.append(trial)
        print(f"{trial.verdict:13} {_row(trial.mutation)}", file=sys.stderr if options.json else sys.stdout, flush=True)
        if trial.detail and trial.verdict is not Verdict.KILLED:
            print(f"{'':14}{trial.detail}", file=sys.stderr)
    if options.json:
        print(_as_json(trials))
    else:
        counts = Counter(trial.verdict for trial in trials)
        print(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict))
    return int(any(trial.verdict is not Verdict.KILLED for trial in trials))


def _try_all(mutations: Sequence[Mutation]) -> Iterator[Trial]:
    """Try each mutation. If its tests fail without it too, they prove nothing."""
    passes: dict[tuple[str, ...], str] = {}
    with copied_tree(ROOT) as copy:
        for mutation in mutations:
            if mutation.tests not in passes:
                code, line = copy.run_tests(mutation.tests)
                passes[mutation.tests] = "" if code == 0 else f"its tests fail without the mutation: {line}"
            if fault := passes[mutation.tests]:
                yield Trial(mutation=mutation, verdict=Verdict.BROKEN, detail=fault)
            else:
                yield copy.try_out(mutation)


def _row(mutation: Mutation) -> str:
    return f"{mutation.subject:20} {mutation.file.removeprefix('router/'):42} {mutation.breaks}"


def _as_json_list(mutations: Sequence[Mutation]) -> str:
    return json.dumps([_fields(mutation) for mutation in mutations], indent=2)


def _as_json(trials: Sequence[Trial]) -> str:
    found = [_fields(trial.mutation) | {"verdict": trial.verdict, "detail": trial.detail} for trial in trials]
    return json.dumps(found, indent=2)


def _fields(mutation: Mutation) -> dict[str, object]:
    names = ("subject", "file", "find", "replace", "breaks", "tests")
    return {name: getattr(mutation, name) for name in names}


if __name__ == "__main__":
    sys.exit(main())
