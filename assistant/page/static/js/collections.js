// The collections: choosing one ticks its articles; the ticked articles are kept under a name.
import { byId, el, foreign, iconButton, isWide } from "./dom.js";
import { quick } from "./events.js";
import { notify } from "./notices.js";
import { deleteIn, renameIn, showRows } from "./rows.js";
import { say, sayCount } from "./words.js";

/** The list of collections, above that of the articles. They are everybody's: another may change one that is shown. */
export class Collections {
  /**
   * @param {(ids: string[]) => Promise<void>} tick ticks these articles alone
   * @param {() => void} renamed called when the ticked articles have got another name, or none
   */
  constructor(tick, renamed) {
    this._tick = tick;
    this._renamed = renamed;
    this._box = byId("collections");
    this._list = byId("collection-list");
    this._name = byId("collection-name");
    this._collections = [];
    this._count = 0;
    this._ticked = new Set();
    this._known = null; // the one that was chosen or saved last, with its articles
    this._writable = false;
    this._isFresh = false; // the box was opened by what has just come, not by somebody who wants to see what is there now
    byId("collection-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this._save();
    });
    this._box.addEventListener("toggle", () => {
      if (this._box.open && !this._isFresh) {
        this._refresh();
      }
      this._isFresh = false;
    });
  }

  /** Name of the collection whose articles are ticked, and no others; null = none. */
  get current() {
    const { name, ids } = this._known ?? { ids: new Set() };
    const same = ids.size > 0 && ids.size === this._ticked.size && [...ids].every((id) => this._ticked.has(id));
    return same ? name : null;
  }

  /** Whether collections can be changed. */
  set writable(can) {
    this._writable = can;
    byId("collection-form").hidden = byId("collection-hint").hidden = !can;
    this._draw();
  }

  /**
   * Take the collections from the server.
   * @param {{name: string, articles: number}[]} collections
   * @param {{count?: number, isThere?: (id: string) => boolean}} [library] how many articles it has now, and whether it has one
   */
  update(collections, { count = this._count, isThere = () => true } = {}) {
    this._count = count;
    // On a narrow screen they would hide the articles below.
    if (!this._collections.length && collections.length && isWide()) {
      this._isFresh = !this._box.open;
      this._box.open = true;
    }
    this._collections = collections;
    if (this._known && !collections.some(({ name }) => name === this._known.name)) {
      this._forget();
    } else if (this._known) {
      this._known.ids = new Set([...this._known.ids].filter(isThere));
    }
    this._draw();
  }

  /** Other articles are ticked now. */
  scopeChanged(ticked) {
    this._ticked = ticked;
    if (!ticked.size) {
      this._forget();
    }
    byId("collection-save").disabled = !ticked.size;
    for (const row of this._list.querySelectorAll(".collection")) {
      row.querySelector("[aria-pressed]")?.setAttribute("aria-pressed", String(row.dataset.id === this.current));
    }
  }

  _draw() {
    const some = this._collections.length > 0;
    this._box.hidden = !some && (!this._writable || this._count < 2);
    byId("collection-count").textContent = some ? this._collections.length.toLocaleString() : "";
    byId("no-collections").hidden = some;
    // What somebody has begun to rename or to delete stays.
    if (!this._list.querySelector(".row")) {
      this._show();
    }
  }

  _show() {
    showRows(this._list, this._collections.map((collection) => this._row(collection)));
  }

  _row({ name, articles }) {
    const row = el("li", { class: "collection conversation", data: { id: name } });
    const pressed = String(name === this.current);
    const title = el("span", { class: "title" }, foreign(name));
    const count = el("span", { class: "hint", text: sayCount("articles", articles) });
    const open = el("button", { type: "button", class: "conversation-open", "aria-pressed": pressed }, title, count);
    open.addEventListener("click", () => this._choose(name));
    const show = (focus = false) => {
      open.setAttribute("aria-pressed", String(name === this.current));
      if (!this._writable) {
        row.replaceChildren(open);
        return;
      }
      const rename = iconButton("edit", say("rename_collection", { name }), () => this._rename(row, name, show));
      const remove = iconButton("remove", say("delete_collection", { name }), () => this._delete(row, name, show));
      row.replaceChildren(open, rename, remove);
      focus && rename.focus();
    };
    show();
    return row;
  }

  /** Tick the articles of a collection; those of the one that is chosen are unticked. */
  async _choose(name) {
    if (name === this.current) {
      await this._tick([]);
      return;
    }
    await this._told(async () => {
      const { articles } = await quick("read_collection", name);
      this._know(name, articles);
      if (articles.length) {
        await this._tick(articles);
      } else {
        notify(say("collection_empty", { name }));
      }
    });
  }

  /** Keep the ticked articles. The collection that was chosen gets them in place of its own; no other is overwritten. */
  async _save() {
    const name = this._name.value.trim();
    const button = byId("collection-save");
    button.disabled = true;
    await this._told(async () => {
      const saved = await quick("save_collection", name, [...this._ticked], name === this._known?.name);
      this._know(saved.name, saved.articles);
      this.update(saved.collections);
      this._renamed();
      notify(say("collection_saved", { name: saved.name }));
    });
    button.disabled = !this._ticked.size;
  }

  _rename(row, name, back) {
    const save = async (wanted) => {
      const saved = await quick("rename_collection", name, wanted);
      if (this._known?.name === name) {
        this._know(saved.name, this._known.ids);
      }
      this._changed(saved.collections);
      this._list.querySelector(`[data-id="${CSS.escape(saved.name)}"] button`)?.focus();
    };
    renameIn(row, name, save, back);
  }

  _delete(row, name, back) {
    const remove = async () => {
      this._changed(await quick("delete_collection", name));
      this._box.querySelector("summary").focus();
    };
    deleteIn(row, remove, back);
  }

  /** Show what came of a row that was being changed. */
  _changed(collections) {
    this._list.replaceChildren();
    this.update(collections);
    this._renamed();
  }

  _know(name, articles) {
    this._known = { name, ids: new Set(articles) };
    this._name.value = name;
  }

  _forget() {
    if (this._name.value === this._known?.name) {
      this._name.value = "";
    }
    this._known = null;
  }

  async _refresh() {
    try {
      this.update(await quick("list_collections"));
    } catch (error) {
      notify(error.message);
    }
  }

  /** Do something; if it fails, say why, and show what is there now. */
  async _told(act) {
    try {
      await act();
    } catch (error) {
      notify(error.message);
      await this._refresh();
    }
  }
}
