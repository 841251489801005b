"""Web pages -> table: what is read of their articles and of the furniture around them, and how fast (processor time).

python -m tests.benchmarks.html_pages [--pages N] [--seed N] [--json]

The pages are made here: articles of made-up words with lists, tables, captions, quotes and notes, in five kinds of markup, and
around and within them 20 kinds of furniture, each in several builds. The words of both are made anew for each seed and are apart,
so that each word read can be laid to one of them.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from index.loading.html import read_page

_WORD = re.compile(r"\w+")
_START, _MIDDLE, _END = (
    "b d f g k l m n p r s t v br dr gr kl pl st tr".split(),
    "a e i o u ai ou".split(),
    "l m n r s t".split(),
)
_SMALL = "the of and to in was that by with for on at from it is".split()
LAYOUTS = ("semantic", "bare", "chunks", "soup", "table")


@dataclass
class Page:
    """A page, the words of its article, and the words of its furniture by kind."""

    layout: str
    markup: str = ""
    article: Counter[str] = field(default_factory=Counter)
    furniture: dict[str, Counter[str]] = field(default_factory=dict)


class Maker:
    """Makes pages from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        made = list({self._made() for _ in range(3000)})
        self.random.shuffle(made)
        self._own, self._other = made[: len(made) // 2], made[len(made) // 2 :]
        self._words = self._own

    def page(self, layout: str, paragraphs: int) -> Page:
        """One page, with about half of the kinds of furniture."""
        page = Page(layout)
        self._words = self._own
        blocks, title = self._article(paragraphs), f"<h1>{self.phrase(7).capitalize()}</h1>"
        page.article = Counter(_WORD.findall(re.sub(r"<[^>]*>", " ", title + " ".join(blocks))))
        self._words = self._other
        places: dict[str, list[str]] = {"before": [], "within": [], "under": [], "after": []}
        for name, (where, build) in FURNITURE.items():
            if self.random.random() < 0.5:
                markup = build(self)
                page.furniture[name] = Counter(_WORD.findall(re.sub(r"<[^>]*>", " ", markup)))
                places[self.random.choice(where.split())].append(markup)
        for box in places["within"]:
            blocks.insert(self.random.randint(2, len(blocks) - 1), box)
        page.markup = self._laid_out(layout, title, blocks, places)
        return page

    # Words

    def _made(self) -> str:
        syllables = [
            self.random.choice(_START) + self.random.choice(_MIDDLE) for _ in range(self.random.choice((1, 2, 2, 3)))
        ]
        return "".join(syllables) + self.random.choice(_END) + self.random.choice(("", "", "ed", "en", "ing"))

    def phrase(self, count: int) -> str:
        """So many words."""
        return " ".join(self.random.choice(_SMALL if n % 3 == 1 else self._words) for n in range(count))

    def sentences(self, count: int) -> str:
        """So many sentences."""
        return " ".join(f"{self.phrase(self.random.randint(9, 22)).capitalize()}." for _ in range(count))

    def name(self) -> str:
        """A person's name."""
        return self.phrase(1).capitalize() + " " + self.random.choice(self._words).capitalize()

    def named(self, *names: str) -> str:
        """A class attribute: one of the names, in one of the ways that names are written, or one that means nothing."""
        name = self.random.choice(names)
        forms = (name, f"c-{name}", f"{name}__wrapper", f"block {name}", name.title().replace("-", ""))
        return f' class="{self.random.choice(forms)}"' if self.random.random() < 0.75 else self.hashed()

    def hashed(self) -> str:
        """A class attribute that a build tool made."""
        return f' class="css-{self.random.getrandbits(32):x}"'

    def link(self, words: int = 3) -> str:
        """A link."""
        return f'<a href="/{self.random.getrandbits(20)}">{self.phrase(words).capitalize()}</a>'

    def links(self, count: int, words: int = 3) -> str:
        """A list of links, in one of its usual forms."""
        links = [self.link(words) for _ in range(count)]
        return self.random.choice(
            (
                "<ul>" + "".join(f"<li>{link}</li>" for link in links) + "</ul>",
                "<div>" + " ".join(links) + "</div>",
                "".join(f"<div><h4>{link}</h4></div>" for link in links),
            )
        )

    # The article

    def _article(self, paragraphs: int) -> list[str]:
        blocks = [f"<p>{self.sentences(3)}</p>"]
        extras: list[Callable[[], str]] = [
            lambda: f"<h2>{self.phrase(5).capitalize()}</h2><p>{self.sentences(3)}</p>",
            lambda: f"<p>{self.phrase(9).capitalize()}:</p><ul>{self._items(4)}</ul>",
            lambda: f"<p>{self.phrase(8).capitalize()}:</p><ol>{self._items(3)}</ol>",
            lambda: (
                f"<p>{self.phrase(9).capitalize()}.</p><ul>{''.join(f'<li>{self.link(4)}</li>' for _ in range(4))}</ul>"
            ),
            self._table,
            lambda: f"<figure><img src='x.jpg' alt=''><figcaption>{self.sentences(1)}</figcaption></figure>",
            lambda: f"<blockquote><p>{self.sentences(2)}</p></blockquote>",
            lambda: (
                f"<dl><dt>{self.phrase(2)}</dt><dd>{self.sentences(1)}</dd><dt>{self.phrase(2)}</dt><dd>{self.sentences(1)}</dd></dl>"
            ),
            lambda: f"<div{self.hashed()}><p>{self.sentences(2)}</p></div>",
            lambda: f"<p>{self.phrase(6).capitalize()} {self.link(3)} {self.phrase(12)}.</p>",
        ]
        for n in range(paragraphs):
            blocks.append(f"<p>{self.sentences(self.random.randint(1, 5))}</p>")
            if n % 2:
                blocks.append(self.random.choice(extras)())
        return [*blocks, f"<p>{self.sentences(2)}</p>"]

    def _items(self, count: int) -> str:
        return "".join(f"<li>{self.phrase(self.random.randint(2, 12)).capitalize()}</li>" for _ in range(count))

    def _table(self) -> str:
        head = "".join(f"<th>{self.random.choice(self._words)}</th>" for _ in range(3))
        rows = "".join(
            "<tr>" + "".join(f"<td>{self.phrase(1)} {self.random.randint(1, 999)}</td>" for _ in range(3)) + "</tr>"
            for _ in range(4)
        )
        return f"<table><tr>{head}</tr>{rows}</table>"

    def _laid_out(self, layout: str, title: str, blocks: list[str], places: dict[str, list[str]]) -> str:
        before, under, after = ("\n".join(places[place]) for place in ("before", "under", "after"))
        text = "\n".join(blocks)
        if layout == "semantic":
            body = f"{before}<main><article><header>{title}</header>{text}{under}</article></main>{after}"
        elif layout == "bare":
            body = f"{before}{title}{text}{under}{after}"
        elif layout == "chunks":
            half = len(blocks) // 2
            parts = [
                f"<div{self.hashed()}><div class='body'>{''.join(part)}</div></div>"
                for part in (blocks[:half], blocks[half:])
            ]
            body = f"{before}<div id='page'><div>{title}</div><div>{''.join(parts)}</div>{under}</div>{after}"
        elif layout == "soup":
            body = (
                f"<div{self.hashed()}>{before}<div{self.hashed()}><div{self.hashed()}>{title}</div>"
                f"<div{self.hashed()}><div{self.hashed()}>{text}</div>{under}</div></div>{after}</div>"
            )
        else:
            body = (
                f"<table width=100%><tr><td colspan=2>{before}</td></tr><tr><td valign=top>{title}{text}{under}</td>"
                f"<td width=160>{after}</td></tr></table>"
            )
        return f"<!doctype html><html><head><title>x</title></head><body>{body}</body></html>"


def _nav(m: Maker) -> str:
    tag = m.random.choice(("nav", "div"))
    return f"<{tag}{m.named('nav', 'main-menu', 'navbar', 'navigation')}>{m.links(8, 1)}</{tag}>"


def _cookies(m: Maker) -> str:
    role = m.random.choice((" role='dialog'", "", " aria-modal='true'"))
    attribute = m.named("cookie-banner", "cookieConsent", "gdpr", "consent-overlay")
    return (
        f"<div{attribute}{role}><h2>{m.phrase(4)}</h2><p>{m.sentences(2)}</p><p>{m.sentences(1)} {m.link(3)}</p>"
        f"<button>{m.phrase(2)}</button><button>{m.phrase(1)}</button></div>"
    )


def _related(m: Maker) -> str:
    tag = m.random.choice(("aside", "div", "section"))
    return f"<{tag}{m.named('related', 'recommended', 'read-more', 'more-stories')}><h3>{m.phrase(2)}</h3>{m.links(3, 9)}</{tag}>"


def _paywall(m: Maker) -> str:
    return (
        f"<div{m.named('paywall', 'subscribe-offer', 'regwall')}><h3>{m.phrase(5)}</h3><p>{m.sentences(1)}</p>"
        f"{m.random.choice(('<a class=btn href=/s>' + m.phrase(2) + '</a>', '<button>' + m.phrase(2) + '</button>'))}</div>"
    )


def _newsletter(m: Maker) -> str:
    tag = m.random.choice(("div", "section", "aside"))
    return (
        f"<{tag}{m.named('newsletter', 'newsletter-signup', 'email-signup')}><h3>{m.phrase(4)}</h3><p>{m.sentences(1)}</p>"
        f"<form><label>{m.phrase(2)}</label><input type=email><button>{m.phrase(1)}</button></form></{tag}>"
    )


def _share(m: Maker) -> str:
    return f"<div{m.named('share', 'social-share', 'sharing', 'share-bar')}><span>{m.phrase(1)}</span>{m.links(4, 2)}</div>"


def _comments(m: Maker) -> str:
    entries = "".join(
        f"<div{m.named('comment')}><b>{m.name()}</b> <a href='#c{n}'>{m.phrase(2)}</a>"
        f"<p>{m.sentences(2)}</p><a href='#r'>{m.phrase(1)}</a></div>"
        for n in range(3)
    )
    attribute = m.named("comments", "disqus_thread", "comments-area", "comment-list")
    return f"<section{attribute}><h2>{m.phrase(2)}</h2>{entries}</section>"


def _breadcrumbs(m: Maker) -> str:
    tag = m.random.choice(("nav", "div", "ol"))
    inner = (
        " › ".join(m.link(1) for _ in range(3)) if tag != "ol" else "".join(f"<li>{m.link(1)}</li>" for _ in range(3))
    )
    return f"<{tag}{m.named('breadcrumb', 'breadcrumbs')}>{inner}</{tag}>"


def _bio(m: Maker) -> str:
    return (
        f"<div{m.named('author-bio', 'author-box', 'about-author')}><img src=a.jpg><h4>{m.name()}</h4><p>{m.sentences(1)}</p>"
        f"<a href='/authors/x'>{m.phrase(3)}</a></div>"
    )


def _ad(m: Maker) -> str:
    return f"<div{m.named('ad', 'advertisement', 'ad-slot', 'sponsored')}><a href='https://ad.example/x'>{m.phrase(8)}</a></div>"


def _footer(m: Maker) -> str:
    return f"<footer>{m.links(10, 2)}<p>© 2024 {m.name()}. {m.phrase(5)}.</p></footer>"


def _tags(m: Maker) -> str:
    return f"<ul{m.named('tags', 'tag-list', 'topics')}>{''.join(f'<li>{m.link(1)}</li>' for _ in range(5))}</ul>"


def _popular(m: Maker) -> str:
    tag = m.random.choice(("aside", "div", "section"))
    items = "".join(f"<li><span>{n}</span> {m.link(8)}</li>" for n in range(1, 6))
    return (
        f"<{tag}{m.named('most-read', 'popular', 'trending', 'sidebar')}><h2>{m.phrase(2)}</h2><ol>{items}</ol></{tag}>"
    )


def _video(m: Maker) -> str:
    return (
        f"<div{m.named('video-player', 'player-controls')}><video src=x.mp4>{m.phrase(5)}</video>"
        f"<div><button>{m.phrase(1)}</button><span>{m.phrase(1)}</span><span>{m.phrase(2)}</span></div></div>"
    )


def _skip(m: Maker) -> str:
    return f"<a{m.named('skip-link', 'skip-to-content', 'sr-only')} href='#main'>{m.phrase(4)}</a>"


def _modal(m: Maker) -> str:
    return (
        f"<div role='dialog' aria-modal='true'{m.named('modal', 'popup', 'overlay')}>"
        f"<h2>{m.phrase(5)}</h2><p>{m.sentences(1)}</p><button>{m.phrase(2)}</button></div>"
    )


def _languages(m: Maker) -> str:
    return f"<div{m.named('language-switcher', 'lang-menu', 'languages')}>{m.links(5, 1)}</div>"


def _tools(m: Maker) -> str:
    return (
        f"<div{m.named('tools', 'print-link', 'toolbar')}><a href='#p'>{m.phrase(1)}</a> "
        f"<a href='#e'>{m.phrase(1)}</a> <button>{m.phrase(1)}</button></div>"
    )


def _search(m: Maker) -> str:
    return f"<form role='search'><label>{m.phrase(1)}</label><input type=search><button>{m.phrase(1)}</button></form>"


def _pager(m: Maker) -> str:
    return f"<div{m.named('pager', 'pagination', 'post-navigation')}>{m.link(7)} {m.link(7)}</div>"


FURNITURE: dict[str, tuple[str, Callable[[Maker], str]]] = {
    "navigation": ("before", _nav),
    "cookie banner": ("before after", _cookies),
    "related": ("within under after", _related),
    "paywall": ("within under", _paywall),
    "newsletter": ("within under after", _newsletter),
    "share bar": ("within under", _share),
    "comments": ("under after", _comments),
    "breadcrumbs": ("before", _breadcrumbs),
    "author's life": ("under after", _bio),
    "advertisement": ("before within after", _ad),
    "page footer": ("after", _footer),
    "tags": ("under after", _tags),
    "most read": ("within after", _popular),
    "video player": ("within", _video),
    "skip link": ("before", _skip),
    "modal": ("before after", _modal),
    "languages": ("before after", _languages),
    "print and save": ("within under", _tools),
    "search": ("before after", _search),
    "next and previous": ("under after", _pager),
}


def measured(pages: Sequence[Page]) -> dict[str, object]:
    """The figures: shares of the article's words kept and of the furniture's words let in, in all, by layout and by kind."""
    kept: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    let_in: Counter[str] = Counter()
    around: Counter[str] = Counter()
    seconds = 0.0
    for page in pages:
        started = time.process_time()
        loaded = read_page(page.markup)
        seconds += time.process_time() - started
        read = Counter(_WORD.findall(" ".join(piece.text for piece in loaded.pieces)))
        own = {word for word in page.article if word not in _SMALL and word.lower() not in _SMALL}
        for name in ("all", page.layout):
            whole[name] += sum(page.article[word] for word in own)
            kept[name] += sum(min(read[word], page.article[word]) for word in own)
        for kind, words in page.furniture.items():
            other = [
                word for word in words if word not in page.article and word.isalpha() and word.lower() not in _SMALL
            ]
            for name in ("all", kind):
                around[name] += sum(words[word] for word in other)
                let_in[name] += sum(min(read[word], words[word]) for word in other)
    return {
        "kept": {name: kept[name] / whole[name] for name in whole},
        "let_in": {name: let_in[name] / around[name] for name in around if around[name]},
        "pages": len(pages),
        "characters": sum(len(page.markup) for page in pages) / max(1, len(pages)),
        "pages_per_second": len(pages) / seconds if seconds else 0.0,
    }


def made(pages: int, seed: int) -> list[Page]:
    """So many pages, in all layouts, of 3 to 40 paragraphs."""
    return [
        Maker(seed * 10_000 + n).page(LAYOUTS[n % len(LAYOUTS)], (3, 8, 15, 40)[n // len(LAYOUTS) % 4])
        for n in range(pages)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=int, default=200, help="how many pages (200)")
    options.add_argument("--seed", type=int, default=1, help="the pages are those of this number (1)")
    options.add_argument("--json", action="store_true", help="print the figures as JSON")
    chosen = options.parse_args(arguments)
    read_page("<p>loads the libraries</p>" * 20)
    figures = measured(made(chosen.pages, chosen.seed))
    if chosen.json:
        print(json.dumps(figures, indent=1))
        return 0
    for key, title in (("kept", "words of the article kept"), ("let_in", "words of the furniture let in")):
        print(f"{title}:")
        for name, share in figures[key].items():  # type: ignore[attr-defined]
            print(f"  {name:20} {100 * share:7.2f} %")
    print(
        f"{figures['pages']} pages of {figures['characters']:,.0f} characters: {figures['pages_per_second']:.1f} a second"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
