"""The setting that names a language model -> a ModelName. Also loads its key, which is kept out of everything that is shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args
from urllib.parse import urlsplit

from pydantic import SecretStr

from assistant.core.errors import SettingsError

Provider = Literal["openai-like", "anthropic"]

KEY_VARIABLE = "FOOTNOTE_LLM_KEY"
"""The only environment variable that a key is read from. Those of other programs are not read, since their key would be sent to
whatever server the model's name has."""

_EXAMPLE = "openai-like:qwen2.5:7b@http://127.0.0.1:11434/v1"
_ADDRESS = re.compile(r"@(?=[A-Za-z][A-Za-z0-9+.-]*://)")
"""Where the address begins. A model's name may have an @ too."""

_MOST_CHARS = 500


@dataclass(frozen=True, slots=True)
class ModelName:
    """A language model and its server.

    Attributes:
        provider: the protocol that the server speaks.
        model: the model's name there; may have colons and slashes.
        address: base URL of the server's API, without a slash at the end; empty = the provider's own.
    """

    provider: Provider
    model: str
    address: str = ""

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}" + (f"@{self.address}" if self.address else "")


def parse_model_name(value: str) -> ModelName:
    """The model named by "provider:model@address".

    Args:
        value: provider `openai-like` or `anthropic`; the address, http or https, may be left out for `anthropic`.

    Raises:
        SettingsError: the value does not have this form. The message says why but does not repeat the value, which may hold
            a key by mistake.
    """
    value = value.strip()
    if len(value) > _MOST_CHARS or not value.isprintable() or " " in value:
        raise _unusable(f"it has spaces, unprintable characters or more than {_MOST_CHARS} characters")
    provider, colon, rest = value.partition(":")
    if not colon or provider not in get_args(Provider):
        raise _unusable(f"it does not begin with {' or '.join(f'{name}:' for name in get_args(Provider))}")
    model, *address = _ADDRESS.split(rest, maxsplit=1)
    if not model:
        raise _unusable("no model stands after the provider")
    if not address and provider == "openai-like":
        raise _unusable("the server's address is missing: after the model, @ and an address with http:// or https://")
    if not address and re.search("@.*[:/]", model):
        raise _unusable("the address does not begin with http:// or https://")
    return ModelName(cast("Provider", provider), model, _checked(address[0]) if address else "")


def load_key(environment: Mapping[str, str] | None = None) -> SecretStr | None:
    """The key for the model's server, or None if none is set.

    Args:
        environment: the environment variables; None = those of this process.

    Raises:
        SettingsError: the value can't be a key. If it were sent, the HTTP client's error would show it.
    """
    key = (os.environ if environment is None else environment).get(KEY_VARIABLE, "").strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise SettingsError(
            f"{KEY_VARIABLE} can't be used: it has spaces or letters that no key has. Set it anew, or remove it."
        )
    return SecretStr(key) if key else None


def _checked(address: str) -> str:
    """The address without slashes at its end."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _unusable("the address has a host or a port that can't be") from None
    if parts.scheme not in {"http", "https"}:
        raise _unusable("the address does not begin with http:// or https://")
    if "@" in address:
        raise _unusable(f"the address has a user, a password or an @ in it; a key belongs in {KEY_VARIABLE}")
    if "?" in address or "#" in address:
        raise _unusable(f"the address has a ? or a # in it; a key belongs in {KEY_VARIABLE}")
    if not host or port == 0 or not re.fullmatch(r"[!-\[\]-~]+", address):
        raise _unusable("the address names no host, or has characters that no address has")
    return address.rstrip("/")


def _unusable(reason: str) -> SettingsError:
    return SettingsError(
        f"The language model that was set (environment: FOOTNOTE_LLM) can't be used: {reason}. Write it like "
        f'"{_EXAMPLE}" or "anthropic:claude-sonnet-4-5"; remove it to answer without a model.'
    )
