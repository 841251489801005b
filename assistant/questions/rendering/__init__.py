"""Shows a run: in a terminal, as JSON, as JUnit XML for continuous integration, and as one HTML file for people."""

from assistant.questions.rendering.data import to_json
from assistant.questions.rendering.html import to_html
from assistant.questions.rendering.junit import to_junit
from assistant.questions.rendering.terminal import to_terminal

__all__ = ["to_html", "to_json", "to_junit", "to_terminal"]
