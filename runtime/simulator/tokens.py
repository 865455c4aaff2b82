"""Whether every token goes from one engine to one other."""

from ...dialects.aipu import Engine
from .faults import HazardError, describe
from .stream import Issue, Stream


def check_tokens(stream: Stream) -> None:
    """Whether until the counts are set anew one engine gives a token, and one takes it.

    Raises:
        HazardError: several do, so that chance decides which of them is first.
    """
    users: dict[tuple[int, str, str], Engine] = {}
    for issue in stream.issues:
        run = _run_of(stream, issue)
        for role, tokens in (
            ("gives", issue.instruction.signal),
            ("takes", issue.instruction.wait),
        ):
            for token in tokens:
                other = users.setdefault((run, role, token), issue.engine)
                if other != issue.engine:
                    raise HazardError(
                        f"{describe(issue)} {role} token '{token}' in the queue of "
                        f"the {issue.engine} engine; the {other} engine does so too"
                    )


def _run_of(stream: Stream, issue: Issue) -> int:
    first = int(issue.order[0])
    return next(n for n, run in enumerate(stream.runs) if first < run[-1].stop)
