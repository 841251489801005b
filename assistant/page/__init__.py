"""The chat page: static files of our own in front, Gradio's queue and API behind them, one guard around both."""

from assistant.page.serving.options import PageOptions
from assistant.page.serving.server import create_app, serve

__all__ = ["PageOptions", "create_app", "serve"]
