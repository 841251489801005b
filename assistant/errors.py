"""Every error that Footnote raises, for programs that catch them."""

from assistant.core import errors
from assistant.core.errors import *  # noqa: F403
from assistant.core.errors import __all__ as __all__

# `help(assistant.errors)` shows the tree.
__doc__ = errors.__doc__
