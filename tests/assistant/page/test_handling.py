"""What a browser hears of errors: our own in their words; of others only that there was one, and the log has the rest."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from assistant.core.errors import QuestionError
from assistant.page.events.handling import Told, queued, quick
from assistant.page.words import say

pytestmark = pytest.mark.system

SECRET = "no such table: /home/ann/private"


@quick
def breaks(error: Exception) -> None:
    raise error


@queued
def breaks_midway(error: Exception) -> Iterator[Told]:
    yield {"event": "progress"}
    raise error


def test_our_own_errors_say_what_to_do() -> None:
    with pytest.raises(Exception, match="Ask in words"):
        breaks(QuestionError("Ask in words."))
    assert list(breaks_midway(QuestionError("Ask in words.")))[-1] == {"event": "failed", "message": "Ask in words."}


def test_of_other_errors_nothing_leaks_but_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(Exception) as raised:
        breaks(RuntimeError(SECRET))
    assert say("failed") in str(raised.value)
    assert SECRET not in str(raised.value)
    assert SECRET in caplog.text
    assert list(breaks_midway(RuntimeError(SECRET)))[-1] == {"event": "failed", "message": say("failed")}
