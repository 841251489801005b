"""Loading: a file, folder, text or document becomes an article with title and date at its head, or says why not."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.sample import sample_path
from index.article import Article
from index.cleaning import clean
from index.errors import (
    ArticleTooLargeError,
    EmptyArticleError,
    LoadError,
    UnreadableFileError,
    UnsupportedFormatError,
)
from index.loading.files import find_files, load_file
from index.loading.making import article_again, article_from_document, article_from_text
from index.settings import IndexSettings
from tests.index.loading.pdfs import pdf_of_pages

_DAY = date(2024, 6, 18)
_BODY = "It rained on the town all day long, and nobody came to the market. People said that it was bad."


@pytest.fixture
def limits() -> IndexSettings:
    return IndexSettings()


def again(article: Article, limits: IndexSettings) -> Article:
    """The article added once more, as a caller's own."""
    return article_again(article, limits)


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# The sample


def test_the_sample(limits: IndexSettings) -> None:
    raw = sample_path().read_text(encoding="utf-8")
    article = load_file(sample_path(), limits)
    assert article.title == raw.split("\n")[0]
    assert article.published == _DAY
    assert article.text.split("\n\n")[:2] == [article.title, "Tue Jun 18 2024"]
    assert "icon-" in raw
    assert "icon-" not in article.text
    for mark in "“”’—":
        assert article.text.count(mark) == raw.count(mark) > 0
    assert article.text == raw.replace("\nicon-facebook icon-twitter icon-whatsapp", "").strip()
    assert Path(article.source).is_absolute()
    assert again(article, limits) == article


# Formats


def test_every_format_gives_the_same_article(tmp_path: Path, limits: IndexSettings) -> None:
    title, line = "Rain on the Town", "June 18, 2024"
    files = [
        write(tmp_path / "a.txt", f"{title}\n{line}\n\n{_BODY}\n"),
        write(tmp_path / "b.MD", f"# {title}\n\n*{line}*\n\n{_BODY}\n"),
        write(tmp_path / "c.html", f"<h1>{title}</h1><p>{line}</p><p>{_BODY}</p>"),
        write(tmp_path / "d.htm", f"<html><title>x</title><body><h1>{title}</h1><div>{line}<p>{_BODY}</body>"),
        write(tmp_path / "e.pdf", pdf_of_pages([[title, line, "", _BODY]])),
    ]
    for file in files:
        article = load_file(file, limits)
        assert (article.title, article.published) == (title, _DAY), file
        assert article.text.replace(f"{title}\n{line}", f"{title}\n\n{line}") == f"{title}\n\n{line}\n\n{_BODY}"
        assert clean(article.text) == article.text
        assert again(article, limits) == article


def test_title_and_date_of_the_metadata_become_citable(tmp_path: Path, limits: IndexSettings) -> None:
    page = f"""<html><head><meta property="og:title" content="Rain on the Town">
      <meta property="article:published_time" content="2024-06-18T10:00:00Z"></head><body><p>{_BODY}</p></body>"""
    for file in (
        write(tmp_path / "a.html", page),
        write(tmp_path / "a.md", f"---\ntitle: Rain on the Town\ndate: 2024-06-18\n---\n{_BODY}"),
    ):
        article = load_file(file, limits)
        assert article.text == f"Rain on the Town\n\n2024-06-18\n\n{_BODY}"
        assert (article.title, article.published) == ("Rain on the Town", _DAY)
        assert again(article, limits) == article


def test_a_date_line_of_the_text_is_not_doubled(tmp_path: Path, limits: IndexSettings) -> None:
    file = write(tmp_path / "a.md", f"---\ndate: 2024-06-18\n---\n# Rain\n\nPublished June 18, 2024\n\n{_BODY}")
    assert load_file(file, limits).text == f"Rain\n\nPublished June 18, 2024\n\n{_BODY}"


def test_the_visible_headline_wins_over_a_longer_form_in_the_metadata(tmp_path: Path, limits: IndexSettings) -> None:
    page = (
        f"<html><head><title>Rain on the Town: live</title></head><body><h1>Rain on the Town</h1><p>{_BODY}</p></body>"
    )
    article = load_file(write(tmp_path / "a.html", page), limits)
    assert article.title == "Rain on the Town"
    assert article.text.count("Rain on the Town") == 1


def test_without_any_title_the_file_gives_its_name(tmp_path: Path, limits: IndexSettings) -> None:
    article = load_file(write(tmp_path / "my_notes.v2.txt", _BODY), limits)
    assert (article.title, article.text) == ("my_notes.v2", _BODY)
    assert again(article, limits) == article


def test_file_names_that_are_no_unicode(tmp_path: Path, limits: IndexSettings) -> None:
    path = os.fsencode(tmp_path) + b"/b\xe9d.txt"
    try:
        Path(os.fsdecode(path)).write_text(_BODY, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such names")
    files, skipped = find_files(tmp_path)
    article = load_file(files[0], limits)
    assert skipped == []
    (article.title + article.source).encode("utf-8")
    assert again(article, limits) == article


def test_row_10_the_same_name_in_two_folders_gives_two_articles(tmp_path: Path, limits: IndexSettings) -> None:
    one = load_file(write(tmp_path / "a" / "x.txt", _BODY), limits)
    two = load_file(write(tmp_path / "b" / "x.txt", f"{_BODY} More."), limits)
    assert one.id != two.id
    write(tmp_path / "a" / "x.txt", f"{_BODY} Edited.")
    assert load_file(tmp_path / "a" / "x.txt", limits).id == one.id


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_row_14_encodings_of_files(tmp_path: Path, limits: IndexSettings, encoding: str) -> None:
    text = f"“Rain” on the Café\n\n{_BODY}"
    article = load_file(write(tmp_path / "a.txt", text.encode(encoding)), limits)
    assert article.text == text


def test_row_14_zero_bytes_in_text_are_cleaned_away(tmp_path: Path, limits: IndexSettings) -> None:
    assert load_file(write(tmp_path / "a.txt", _BODY.replace(" ", " \0")), limits).text == _BODY


# What is refused


@pytest.mark.parametrize(
    ("name", "content", "error", "reason"),
    [
        ("a.txt", b"", EmptyArticleError, "no text after cleaning"),
        ("a.txt", " \n\t\u200b\n", EmptyArticleError, "no text after cleaning"),
        ("a.txt", "icon-facebook icon-twitter\nShare this article", EmptyArticleError, "no text after cleaning"),
        ("a.html", "<script>x</script>", EmptyArticleError, "no text after cleaning"),
        ("a.md", "---\ntitle: x\n---\n<!-- nothing -->", EmptyArticleError, "no text"),
        ("a.txt", bytes(range(256)) * 9, UnreadableFileError, "binary data"),
        ("a.html", b"\x89PNG\r\n\x1a\n" + bytes(99), UnreadableFileError, "binary data"),
        ("a.xyz", "x", UnsupportedFormatError, r"\.xyz files can't be read: save it as one of \.txt"),
        ("a.doc", "x", UnsupportedFormatError, r"\.doc files can't be read: open it in Word"),
        ("a", "x", UnsupportedFormatError, "without a suffix"),
        ("a.zip", "PK", UnsupportedFormatError, "unpack it and add the folder"),
        ("a.tar.gz", "x", UnsupportedFormatError, r"\.gz archives are not opened"),
    ],
)
def test_row_13_14_19_refused_with_reason(
    tmp_path: Path, limits: IndexSettings, name: str, content: str | bytes, error: type[LoadError], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        load_file(write(tmp_path / name, content), limits)


def test_missing_files_and_folders_are_refused(tmp_path: Path, limits: IndexSettings) -> None:
    with pytest.raises(UnreadableFileError, match=r"none\.txt can't be read: No such file"):
        load_file(tmp_path / "none.txt", limits)
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(UnreadableFileError, match="no plain file"):
        load_file(tmp_path / "folder.txt", limits)
    with pytest.raises(LoadError, match=r"none can't be added: No such file"):
        find_files(tmp_path / "none")
    with pytest.raises(LoadError, match="Check the path"):
        find_files(Path("nul\0byte"))


def test_limits_of_size(tmp_path: Path) -> None:
    small = IndexSettings(max_file_bytes=100, max_article_chars=50)
    with pytest.raises(ArticleTooLargeError, match=r"101 bytes; the limit is 100.*FOOTNOTE_MAX_FILE_BYTES"):
        load_file(write(tmp_path / "a.txt", "x" * 101), small)
    with pytest.raises(ArticleTooLargeError, match=r"51 characters; the limit is 50.*FOOTNOTE_MAX_ARTICLE_CHARS"):
        load_file(write(tmp_path / "b.txt", "x" * 51), small)
    assert load_file(write(tmp_path / "c.txt", " \n" * 25 + "x" * 50), small).text == "x" * 50


@pytest.mark.system
@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param("." * 400_000, id="dots"),
        pytest.param("x" * 1_000_000, id="no space"),
        pytest.param("word and more. " * 333_333, id="5 MB line"),
        pytest.param("word and more. " * 1_333_333, id="20 MB line", marks=pytest.mark.slow),
    ],
)
def test_row_17_time_is_bounded(tmp_path: Path, limits: IndexSettings, suffix: str, content: str) -> None:
    file = write(tmp_path / f"a{suffix}", content)
    started = time.process_time()
    try:
        assert load_file(file, limits).text == content.strip()
    except ArticleTooLargeError:
        assert len(content) > limits.max_article_chars
    assert time.process_time() - started < 60


# Folders


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "z/c.html", "d/e/f.PDF", ".hidden.txt", ".git/g.txt", "h.xyz", "i"):
        write(tmp_path / name, "x")
    files, skipped = find_files(tmp_path)
    assert [str(file.relative_to(tmp_path)) for file in files] == ["a.md", "b.txt", "d/e/f.PDF", "z/c.html"]
    assert [(Path(path).name, reason.split(":")[0]) for path, reason in skipped] == [
        ("h.xyz", ".xyz files can't be read"),
        ("i", "files without a suffix can't be read"),
    ]


def test_a_single_file_stands_for_itself(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", "x")
    assert find_files(file) == ([file], [])
    files, skipped = find_files(write(tmp_path / "a.xyz", "x"))
    assert files == []
    assert ".xyz files can't be read" in skipped[0][1]


def test_row_20_links_out_of_the_folder_are_not_read(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "secret.txt", "x")
    folder = tmp_path / "folder"
    inside = write(folder / "a.txt", "x")
    (folder / "inner").mkdir()
    (folder / "out.txt").symlink_to(outside)
    (folder / "inner" / "up.txt").symlink_to("../../outside/secret.txt")
    (folder / "ok.txt").symlink_to(inside)
    (folder / "linked").symlink_to(tmp_path / "outside")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    files, skipped = find_files(folder)
    assert [file.name for file in files] == ["a.txt", "ok.txt"]
    reasons = {Path(path).name: reason for path, reason in skipped}
    assert reasons["out.txt"] == reasons["up.txt"] == "it is a symbolic link that leads out of the folder"
    assert reasons["linked"] == "a symbolic link to a folder is not followed"
    assert "it can't be reached" in reasons["loop.txt"]
    assert "it can't be reached" in reasons["gone.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this system's folders")
def test_row_20_pipes_and_sockets_are_not_opened(tmp_path: Path, limits: IndexSettings) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    previous = Path.cwd()
    os.chdir(tmp_path)  # The path of a socket must be short.
    try:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("sock.txt")
    finally:
        os.chdir(previous)
    with listener:
        files, skipped = find_files(tmp_path)
        assert files == []
        assert {Path(path).name for path, _ in skipped} == {"pipe.txt", "sock.txt"}
        assert all("not a plain file" in reason for _, reason in skipped)
        # Opening a pipe that nobody writes to would wait for ever.
        for name in ("pipe.txt", "sock.txt"):
            with pytest.raises(UnreadableFileError, match="no plain file"):
                load_file(tmp_path / name, limits)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
def test_row_20_devices_are_not_read(tmp_path: Path, limits: IndexSettings) -> None:
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    assert find_files(tmp_path)[0] == []
    with pytest.raises(UnreadableFileError, match="no plain file"):
        load_file(tmp_path / "zero.txt", limits)


# Texts and documents


@pytest.mark.parametrize(
    "title", ["", "Rain", "It was enough.", "“Rain” — it is", "Print", "x" * 500, "Two\nlines", "\ud800"]
)
@pytest.mark.parametrize("source", ["", "/folder/rain.txt", "https://example.com/a/b?c=d"])
@pytest.mark.parametrize("published", [None, _DAY])
@pytest.mark.parametrize(
    "text", [_BODY, f"Rain\nJune 3, 2020\n{_BODY}", "Rain", "- a\n- b", "June 3, 2020", "…", "中文。"]
)
def test_adding_an_article_again_changes_nothing(
    limits: IndexSettings, text: str, title: str, source: str, published: date | None
) -> None:
    article = article_from_text(text, title=title, source=source, published=published, settings=limits)
    assert again(article, limits) == article
    assert clean(article.text) == article.text
    assert article.title
    assert article.published == published or published is None


@hypothesis_settings(deadline=None, max_examples=150)
@given(st.text(max_size=200), st.text(max_size=60), st.none() | st.dates(), st.sampled_from(["", "/a/b.txt"]))
def test_adding_any_article_again_changes_nothing(text: str, title: str, published: date | None, source: str) -> None:
    limits = IndexSettings()
    try:
        article = article_from_text(text, title=title, source=source, published=published, settings=limits)
    except EmptyArticleError:
        assert clean(text) == ""
        return
    assert again(article, limits) == article


def test_a_text_without_title_is_called_by_its_first_words(limits: IndexSettings) -> None:
    article = article_from_text(_BODY, settings=limits)
    assert article.title == "It rained on the town all day long, and nobody came to the…"
    assert article.text == _BODY


def test_a_stated_date_counts_more_than_the_text_s(limits: IndexSettings) -> None:
    text = f"Rain\n\nJune 3, 2020\n\n{_BODY}"
    assert article_from_text(text, published=_DAY, settings=limits).published == _DAY
    assert article_from_text(text, settings=limits).published == date(2020, 6, 3)


def test_a_text_that_is_none_is_refused(limits: IndexSettings) -> None:
    wrong: Any = b"bytes"
    with pytest.raises(LoadError, match="must be a string, not a bytes"):
        article_from_text(wrong, settings=limits)


def test_documents_of_llama_index(limits: IndexSettings) -> None:
    from llama_index.core.schema import Document

    document = Document(text=_BODY, metadata={"file_path": "/a/b.txt", "title": "Rain", "date": "2024-06-18"})
    article = article_from_document(document, limits)
    assert article == article_from_text(_BODY, title="Rain", source="/a/b.txt", published=_DAY, settings=limits)
    assert article_from_document(Document(text=_BODY, metadata={"url": "https://a.example/b"}), limits).source == (
        "https://a.example/b"
    )


def test_documents_without_a_source_go_by_their_own_id_unless_it_is_random(limits: IndexSettings) -> None:
    from llama_index.core.schema import Document

    assert article_from_document(Document(text=_BODY, id_="mine"), limits).source == "mine"
    one, two = (article_from_document(Document(text=_BODY), limits) for _ in range(2))
    assert one == two
    assert one.source == ""


def test_pages_of_one_file_are_articles_of_their_own(limits: IndexSettings) -> None:
    from llama_index.core.schema import Document

    pages = [Document(text=f"{_BODY} {n}", metadata={"file_path": "/a/b.pdf", "page_label": str(n)}) for n in (1, 2)]
    assert len({article_from_document(page, limits).id for page in pages}) == 2


def test_odd_metadata_does_no_harm(limits: IndexSettings) -> None:
    class Odd:
        text = _BODY
        id_ = None
        metadata = {"file_path": None, "title": ["x"], "date": {}, "page_label": 3}  # noqa: RUF012

    assert article_from_document(Odd(), limits).text == _BODY


@pytest.mark.system
def test_importing_loads_no_heavy_package() -> None:
    heavy = "trafilatura lxml pypdf markdown_it charset_normalizer llama_index torch"
    code = f"import sys, index.loading.files; print([name for name in {heavy.split()!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
