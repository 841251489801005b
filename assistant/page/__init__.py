"""The chat page: our own static files, Gradio's queue and API behind them, and one guard around both."""

from assistant.page.serving.options import PageOptions
from assistant.page.serving.server import create_app, serve

__all__ = ["PageOptions", "create_app", "serve"]
