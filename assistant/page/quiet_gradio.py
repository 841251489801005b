"""Imports Gradio with its telemetry switched off."""

from __future__ import annotations

import os
from typing import Any


def import_gradio() -> Any:
    """Import Gradio; its telemetry must be switched off before that."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    # Otherwise it analyses the last 10,000 events with pandas after each queued one: a second at first, growing with every event.
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
    import gradio

    return gradio
