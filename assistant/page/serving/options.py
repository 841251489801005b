"""How the page is served: where it listens, who is let in, and what is served beside it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.page.serving.access import AuthPair, is_loopback


@dataclass(frozen=True, slots=True)
class PageOptions:
    """How the page is served.

    Attributes:
        host: address to listen on. Others than this machine's own need a login.
        port: port to listen on; 0 = any free one.
        auth: user and password that every request must carry; None = no login.
        allowed_hosts: further names under which the page may be reached, without ports.
        mcp: serve the tools of MCP at /mcp too.
        open_browser: open the page in the user's browser.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    auth: AuthPair | None = None
    allowed_hosts: tuple[str, ...] = ()
    mcp: bool = False
    open_browser: bool = False

    @property
    def own(self) -> bool:
        """Whether the page is for the user of this machine alone: others are neither let in nor expected."""
        return is_loopback(self.host) and self.auth is None and not self.allowed_hosts


DEFAULTS = PageOptions()
"""On this machine only, without a login."""
