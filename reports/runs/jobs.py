"""The job that makes a report: ids in, nothing out, may run twice, publishes once."""

from collections.abc import Callable, Mapping

from reports.runs import federal, regional
from reports.runs.attempts import Attempt, AttemptLostError, begin
from reports.runs.models import Definition
from tenants.errors import DomainError
from tenants.jobs.commands import MAX_ATTEMPTS, Claim

MAKERS: Mapping[Definition, Callable[[Attempt], None]] = {
    Definition.REGIONAL_SUMMARY: regional.make,
    Definition.FEDERAL: federal.make,
}
_BROKEN = "Не получилось сформировать отчёт. Данные на месте; нажмите «Повторить», а если не поможет – сообщите нам."


def produce_report(claim: Claim) -> None:
    """Make the report of a claim.

    What a person can mend ends the run with a sentence. What nobody foresaw is tried again by another attempt, and
    after the last one the run says so instead of waiting for ever.
    """
    attempt = begin(claim)
    if attempt is None:
        return
    try:
        if claim.attempt > MAX_ATTEMPTS:
            # A run that took its worker down every time would do it again.
            attempt.refuse(_BROKEN)
            return
        MAKERS[attempt.run.definition](attempt)
    except AttemptLostError:
        return
    except DomainError as error:
        _end(attempt, str(error))
    except Exception:
        if claim.attempt >= MAX_ATTEMPTS:
            _end(attempt, _BROKEN)
        raise


def _end(attempt: Attempt, words: str) -> None:
    try:
        attempt.refuse(words)
    except AttemptLostError:
        return
