// The list of articles: choose which to ask, alone or as a collection, find one, remove with undo.
import { Adding } from "./adding.js";
import { Collections } from "./collections.js";
import { byId, el, foreign, iconButton } from "./dom.js";
import { quick } from "./events.js";
import { notify } from "./notices.js";
import { say, sayCount } from "./words.js";

const MOST_SHOWN = 500;

/** The library view. Tells the others by events on its root: `adding`, `library-changed`, `scope-changed`, `open-article` (detail: id). */
export class LibraryView {
  constructor() {
    this.root = byId("library");
    this._list = byId("article-list");
    this._articles = [];
    this._count = 0;
    this._chosen = new Set();
    this._adding = new Adding(
      () => this._articles,
      () => this.root.dispatchEvent(new CustomEvent("adding")),
      (event) => this.update(event),
      (event) => this._added(event),
    );
    this._collections = new Collections(
      (ids) => this._chooseCollected(ids),
      () => this._scopeChanged(),
    );
    byId("filter").addEventListener("focus", () => this._complete());
    byId("filter").addEventListener("input", () => this._draw());
    byId("scope-all").addEventListener("click", () => this.choose([]));
  }

  /** Articles as the server lists them, the last added first; of a very large library only the newest at first. */
  get articles() {
    return this._articles;
  }

  /** Ids of the articles to ask; null = all. */
  get scope() {
    return this._chosen.size ? [...this._chosen] : null;
  }

  /** The library's state does not come. */
  failed() {
    byId("articles-loading").hidden = true;
  }

  /** Take the library's state from the server. */
  update({ articles, article_count: count, collections }) {
    byId("articles-loading").hidden = true;
    this._articles = articles;
    this._count = count;
    const there = new Set(articles.map((article) => article.id));
    // Of a very large library not all articles are known here.
    const isThere = (id) => there.has(id) || articles.length < count;
    this._chosen = new Set([...this._chosen].filter(isThere));
    this._collections.update(collections, { count, isThere });
    this._draw();
    this._scopeChanged();
  }

  /** How large a file may be, in bytes. */
  set mostBytes(limit) {
    this._adding.mostBytes = limit;
  }

  /** Whether the server fetches links. */
  set links(fetched) {
    byId("link-form").hidden = !fetched;
  }

  /** Whether articles can be added and removed. */
  set writable(can) {
    byId("add").hidden = byId("welcome-add").hidden = !can;
    byId("read-only").hidden = can;
    this.root.classList.toggle("read-only", !can);
    this._collections.writable = can;
  }

  /** Ask only these articles from now on; none = all. */
  choose(ids) {
    this._chosen = new Set(ids);
    this._draw();
    this._scopeChanged();
  }

  /** Ask only the articles of a collection, which may be among those that are not listed yet. */
  async _chooseCollected(ids) {
    const there = new Set(this._articles.map((article) => article.id));
    if (!ids.every((id) => there.has(id))) {
      await this._complete();
    }
    this.choose(ids);
  }

  _scopeChanged() {
    this._collections.scopeChanged(this._chosen);
    const scoped = this._chosen.size > 0;
    const name = this._collections.current;
    const one = this._chosen.size === 1 && this._articles.find((article) => this._chosen.has(article.id));
    byId("scope").hidden = !scoped;
    byId("scope-text").replaceChildren(
      ...(name !== null
        ? [`${say("scope_one")} `, foreign(name), ` ${sayCount("scope_collection", this._chosen.size)}`]
        : one
          ? [`${say("scope_one")} `, foreign(one.title)]
          : [say("scope_some", { count: this._chosen.size, all: this._count })]),
    );
    this.root.dispatchEvent(new CustomEvent("scope-changed"));
  }

  _draw() {
    const wanted = byId("filter").value.trim().toLowerCase();
    const found = this._articles.filter((a) => `${a.title} ${a.source}`.toLowerCase().includes(wanted));
    const shown = found.slice(0, MOST_SHOWN);
    byId("filter-row").hidden = this._count < 8;
    byId("article-count").textContent = sayCount("articles", this._count);
    this._list.replaceChildren(...shown.map((article) => this._row(article)));
    const more = (wanted ? found.length : this._count) - shown.length;
    byId("more-articles").hidden = more <= 0;
    byId("more-articles").textContent = more > 0 ? sayCount("more_articles", more) : "";
    byId("no-articles").hidden = this._count > 0;
    byId("scope-hint").hidden = this._count < 2;
  }

  /** Get the rest of a very large library, so that all of it can be searched. */
  async _complete() {
    if (this._articles.length < this._count) {
      try {
        this._articles = await quick("list_articles");
        this._draw();
      } catch (error) {
        notify(error.message);
      }
    }
  }

  _row(article) {
    const check = el("input", { type: "checkbox", "aria-label": say("ask_this", { title: article.title }) });
    check.checked = this._chosen.has(article.id);
    check.addEventListener("change", () => {
      check.checked ? this._chosen.add(article.id) : this._chosen.delete(article.id);
      this._scopeChanged();
    });
    const open = el("button", { type: "button", class: "article-open" }, el("span", { class: "title" }, foreign(article.title)));
    open.addEventListener("click", () => {
      this.root.dispatchEvent(new CustomEvent("open-article", { detail: article.id }));
    });
    const meta = el("p", { class: "hint" }, article.date || say("no_date"), " · ", foreign(article.source || say("pasted")));
    const remove = iconButton("remove", say("remove_article", { title: article.title }), () => this._remove(article), { class: "remove" });
    return el("li", { class: "article-row" }, check, el("div", {}, open, meta), remove);
  }

  _added(event) {
    this.update(event);
    this.root.dispatchEvent(new CustomEvent("library-changed", { detail: event }));
    const { added, skipped } = event.report;
    if (added.length === 1 && !skipped.length) {
      this.root.dispatchEvent(new CustomEvent("open-article", { detail: added[0].id }));
    }
  }

  async _remove(article) {
    try {
      const removed = await quick("remove_article", article.id);
      this._chosen.delete(article.id);
      this.update(removed);
      this.root.dispatchEvent(new CustomEvent("library-changed", { detail: { ...removed, removed: article.id } }));
      byId("library-heading").focus();
      notify(say("removed", { title: article.title }), { label: say("undo"), on: () => this._restore(removed.undo) });
    } catch (error) {
      notify(error.message);
    }
  }

  async _restore(token) {
    try {
      const restored = await quick("restore_article", token);
      this.update(restored);
      this.root.dispatchEvent(new CustomEvent("library-changed", { detail: restored }));
    } catch (error) {
      notify(error.message);
    }
  }
}
