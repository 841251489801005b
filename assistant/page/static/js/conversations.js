// The list of kept conversations: open, rename, delete, a new one, export.
import { byId, el, foreign, iconButton } from "./dom.js";
import { quick } from "./events.js";
import { notify } from "./notices.js";
import { deleteIn, renameIn, showRows } from "./rows.js";
import { say, sayCount } from "./words.js";

/** The drawer with the conversations. */
export class Conversations {
  /**
   * @param {string} visitor
   * @param {import("./chat.js").Chat} chat
   */
  constructor(visitor, chat) {
    this._visitor = visitor;
    this._chat = chat;
    this._drawer = byId("conversations");
    this._list = byId("conversation-list");
    byId("conversations-button").addEventListener("click", () => this.open());
    byId("fresh").addEventListener("click", () => chat.fresh());
    byId("new-conversation").addEventListener("click", () => this._leave(() => chat.fresh()));
    for (const format of ["markdown", "json", "cases"]) {
      byId(`export-${format}`).addEventListener("click", () => this.export(format));
    }
    byId("chat").addEventListener("conversations-changed", () => this._drawer.open && !this._editing && this._refresh());
    // A click on what lies behind closes it, as people expect of a drawer.
    this._drawer.addEventListener("click", (event) => event.target === this._drawer && this._drawer.close());
  }

  /** Show the drawer. */
  open() {
    byId("export-markdown").disabled = byId("export-json").disabled = !this._chat.id;
    this._drawer.showModal();
    this._refresh();
  }

  /** Get the conversation that is shown, or the draft cases of all, as a file. */
  async export(format) {
    try {
      const id = format === "cases" ? "" : this._chat.id;
      const { name, type, text } = await quick("export", this._visitor, id, format);
      saveAs(name, type, text);
    } catch (error) {
      notify(error.message);
    }
  }

  /** List the conversations anew. What somebody has begun to rename or to delete meanwhile stays, unless it is done. */
  async _refresh(done = false) {
    try {
      const conversations = await quick("list_conversations", this._visitor);
      (done || !this._editing) && this._show(conversations);
    } catch (error) {
      notify(error.message);
    }
  }

  /** Whether a conversation is being renamed, or about to be deleted. */
  get _editing() {
    return this._list.querySelector(".row") !== null;
  }

  /** List the conversations. */
  _show(conversations) {
    const rows = conversations.map((conversation) => this._row(conversation));
    showRows(this._list, rows, [el("li", { class: "hint", text: say("no_conversations") })]);
  }

  _row(conversation) {
    const current = conversation.id === this._chat.id;
    const row = el("li", { class: "conversation", data: { id: conversation.id } });
    const open = el(
      "button",
      { type: "button", class: "conversation-open", "aria-current": current && "true" },
      el("span", { class: "title" }, foreign(conversation.title)),
      el("span", { class: "hint", text: `${when(conversation.updated)} · ${sayCount("questions", conversation.turns)}` }),
    );
    open.addEventListener("click", () => this._leave(() => this._chat.open(conversation.id)));
    const show = (focus = false) => {
      const rename = iconButton("edit", say("rename"), () => this._rename(row, conversation, show));
      row.replaceChildren(open, rename, iconButton("remove", say("delete"), () => this._delete(row, conversation, show)));
      focus && rename.focus();
    };
    show();
    return row;
  }

  _rename(row, conversation, back) {
    const save = async (title) => {
      await quick("rename_conversation", this._visitor, conversation.id, title);
      await this._refresh(true);
    };
    renameIn(row, conversation.title, save, back);
  }

  _delete(row, conversation, back) {
    const remove = async () => {
      this._show(await quick("delete_conversation", this._visitor, conversation.id));
      byId("new-conversation").focus();
      if (conversation.id === this._chat.id) {
        this._chat.fresh();
      }
    };
    deleteIn(row, remove, back);
  }

  _leave(then) {
    this._drawer.close();
    then();
  }
}

/** Let the browser save a text as a file. */
function saveAs(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A time as people say it: today's by the clock, others by the day. */
function when(seconds) {
  const then = new Date(1000 * seconds);
  const today = then.toDateString() === new Date().toDateString();
  const language = document.documentElement.lang;
  return today
    ? then.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" })
    : then.toLocaleDateString(language, { day: "numeric", month: "short", year: "numeric" });
}
