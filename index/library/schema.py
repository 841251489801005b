"""The tables of the library file, and the steps that bring a file of an older schema up to this one."""

from __future__ import annotations

from typing import Any

FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    rowid INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    published TEXT,
    text TEXT NOT NULL,
    content_hash TEXT NOT NULL
);
CREATE INDEX articles_by_content ON articles (content_hash);
CREATE TABLE passages (
    rowid INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    article_id TEXT NOT NULL REFERENCES articles (id),
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    vector BLOB NOT NULL
);
CREATE UNIQUE INDEX passages_by_article ON passages (article_id, ordinal);
CREATE VIRTUAL TABLE words USING fts5 (
    text, title, content='passages', content_rowid='rowid', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');
CREATE TRIGGER passages_inserted AFTER INSERT ON passages BEGIN
    INSERT INTO words (rowid, text, title) VALUES (new.rowid, new.text, new.title);
END;
CREATE TRIGGER passages_deleted AFTER DELETE ON passages BEGIN
    INSERT INTO words (words, rowid, text, title) VALUES ('delete', old.rowid, old.text, old.title);
END;
CREATE TABLE conversations (id TEXT PRIMARY KEY, title TEXT NOT NULL, updated REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE turns (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (conversation_id, ordinal)
) WITHOUT ROWID;
"""
"""Schema 1. It never changes: a new library is made from it and all steps, so that it equals one brought up to date."""

ENTRIES_OF_ARTICLES = (
    "SELECT rowid AS place, id, title, source, published, content_hash, length(text) AS characters FROM articles"
)
"""SQL for the content of the table `entries`. It reads every text, so it takes seconds for thousands of long ones."""

STEPS = (
    (
        "ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX conversations_by_owner ON conversations (owner, updated)",
        """CREATE TABLE ratings (
            conversation_id TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            verdict TEXT NOT NULL CHECK (verdict IN ('up', 'down')),
            said TEXT NOT NULL,
            article_id TEXT,
            content_hash TEXT,
            start INTEGER,
            "end" INTEGER,
            quote TEXT,
            updated REAL NOT NULL,
            PRIMARY KEY (conversation_id, ordinal),
            FOREIGN KEY (conversation_id, ordinal) REFERENCES turns (conversation_id, ordinal) ON DELETE CASCADE
        ) WITHOUT ROWID""",
        # Articles without their texts. In `articles` the texts lie between the columns, so listing it reads them all.
        """CREATE TABLE entries (
            place INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            title TEXT NOT NULL,
            source TEXT NOT NULL,
            published TEXT,
            content_hash TEXT NOT NULL,
            characters INTEGER NOT NULL
        )""",
        f"INSERT INTO entries {ENTRIES_OF_ARTICLES}",
        f"""CREATE TRIGGER articles_inserted AFTER INSERT ON articles BEGIN
            INSERT INTO entries {ENTRIES_OF_ARTICLES} WHERE rowid = new.rowid;
        END""",
        """CREATE TRIGGER articles_deleted AFTER DELETE ON articles BEGIN
            DELETE FROM entries WHERE place = old.rowid;
        END""",
    ),
    (
        # What the text does not hold: typed blocks, and what the source states. Beside `articles`, whose rows are long.
        """CREATE TABLE details (
            article_id TEXT PRIMARY KEY,
            blocks TEXT NOT NULL,
            updated TEXT,
            authors TEXT NOT NULL,
            site TEXT NOT NULL
        ) WITHOUT ROWID""",
        """CREATE TRIGGER details_deleted AFTER DELETE ON articles BEGIN
            DELETE FROM details WHERE article_id = old.id;
        END""",
        # A raised mark of a note is no part of the word or number before it.
        "DROP TABLE vocabulary",
        "DROP TABLE words",
        """CREATE VIRTUAL TABLE words USING fts5 (
            text, title, content='passages', content_rowid='rowid',
            tokenize="porter unicode61 remove_diacritics 2 separators '⁰¹²³⁴⁵⁶⁷⁸⁹'"
        )""",
        "CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row')",
        "INSERT INTO words (words) VALUES ('rebuild')",
        "ALTER TABLE passages ADD COLUMN heading TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE passages ADD COLUMN silent TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE passages ADD COLUMN page INTEGER NOT NULL DEFAULT 0",
    ),
    (
        "CREATE TABLE collections (name TEXT PRIMARY KEY) WITHOUT ROWID",
        # No reference to `articles`: a new version of an article replaces the row of the old one, and stays collected.
        """CREATE TABLE collected (
            name TEXT NOT NULL REFERENCES collections (name) ON UPDATE CASCADE ON DELETE CASCADE,
            article_id TEXT NOT NULL,
            PRIMARY KEY (name, article_id)
        ) WITHOUT ROWID""",
        "CREATE INDEX collected_by_article ON collected (article_id)",
    ),
)
"""Statements that lead from schema 1 to 2, from 2 to 3, and so on."""

VERSION = 1 + len(STEPS)
"""The schema of this Footnote."""


def version(connection: Any) -> int:
    """The schema version of the file that a connection has open; a reader may see an older one, not yet brought up to date."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def entries(connection: Any) -> str:
    """SQL to select articles without their texts from; ordered by `place`, the newest come last."""
    return "entries" if version(connection) >= 2 else f"({ENTRIES_OF_ARTICLES})"


def passages(connection: Any) -> str:
    """SQL to select whole passages from, whatever the file's schema."""
    return (
        "passages" if version(connection) >= 3 else "(SELECT *, '' AS heading, '' AS silent, 0 AS page FROM passages)"
    )


def articles(connection: Any) -> str:
    """SQL to select whole articles from, with `place`, whatever the file's schema."""
    if version(connection) >= 3:
        return (
            "(SELECT a.rowid AS place, a.*, d.blocks, d.updated, d.authors, d.site "
            "FROM articles a LEFT JOIN details d ON d.article_id = a.id)"
        )
    return "(SELECT rowid AS place, *, NULL AS blocks, NULL AS updated, NULL AS authors, NULL AS site FROM articles)"
