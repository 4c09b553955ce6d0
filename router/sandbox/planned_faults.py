"""Planned faults: the next calls to a path get an error, or a late answer."""

from dataclasses import dataclass, replace

from router.sandbox.faults import LinqFault


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFault:
    """What happens to the next calls.

    Attributes:
        path: the beginning of the path, such as `/v3/contact_card`.
        method: an HTTP method, or None for all.
        status: the error's status; None for the usual answer after the delay.
        times: how many calls are left.
    """

    path: str
    method: str | None = None
    status: int | None = None
    code: int = 3006
    message: str = "Internal server error"
    retry_after_s: int | None = None
    delay_ms: int = 0
    times: int = 1

    def as_fault(self) -> LinqFault | None:
        """Return the error to answer with, or None."""
        if self.status is None:
            return None
        return LinqFault(self.status, self.code, self.message, retry_after_s=self.retry_after_s)


class PlannedFaults:
    """The remaining plans, in the order in which they were made."""

    def __init__(self) -> None:
        self._plans: list[PlannedFault] = []

    @property
    def left(self) -> tuple[PlannedFault, ...]:
        """The remaining plans."""
        return tuple(self._plans)

    def add(self, plan: PlannedFault) -> None:
        """Plan a fault."""
        self._plans.append(plan)

    def clear(self) -> None:
        """Drop all plans."""
        self._plans.clear()

    def use_next(self, method: str, path: str) -> PlannedFault | None:
        """Return the plan for a call, and count the call."""
        for index, plan in enumerate(self._plans):
            if path.startswith(plan.path) and plan.method in {None, method}:
                if plan.times > 1:
                    self._plans[index] = replace(plan, times=plan.times - 1)
                else:
                    del self._plans[index]
                return plan
        return None
