"""Follow-up + history -> standalone question."""

from assistant.followup.history import HISTORY_TURNS
from assistant.followup.resolving import Resolver, TermResolver, corrected
from assistant.followup.standalone import Standalone

__all__ = ["HISTORY_TURNS", "Resolver", "Standalone", "TermResolver", "corrected"]
