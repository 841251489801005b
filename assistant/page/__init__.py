"""The chat page: a Gradio page inside FastAPI, with our own security headers in front."""

from assistant.page.server import create_app, serve

__all__ = ["create_app", "serve"]
