"""Gradio, imported so that it sends nothing."""

from __future__ import annotations

import os
from typing import Any


def import_gradio() -> Any:
    """Gradio, with its phoning home switched off before it is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    # After each queued event it would sum up the last ten thousand, with pandas: a second at the first, more with each.
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
    import gradio

    return gradio
