// The conversation: asking, stopping, asking again; its turns as they come and as they were.
import { byId, el, isWide } from "./dom.js";
import { quick, stream } from "./events.js";
import { notify } from "./notices.js";
import { PendingTurn } from "./pending.js";
import { Suggestions } from "./suggestions.js";
import { failedElement, replaceTurn, showStaleness, turnElement } from "./turn.js";
import { say, sayCount } from "./words.js";

const MOST_SHOWN = 100;
const SHOWN_AFTER = 50;

/**
 * The chat pane. Tells the others by events on its root: `answered` (detail: the turn, and whether its reader has looked at
 * a quote already), `conversation-begun`, `conversations-changed`.
 */
export class Chat {
  /**
   * @param {string} visitor
   * @param {import("./memory.js").Memory} memory of which conversation is shown
   * @param {() => (string[]|null)} scope ids of the articles to ask; null = all
   * @param {import("./turn.js").TurnActions} actions what turns can ask for, beside asking again
   */
  constructor(visitor, memory, scope, actions) {
    this._visitor = visitor;
    this._memory = memory;
    this._scope = scope;
    this._actions = {
      ...actions,
      again: (turn) => this.ask(turn.question, turn.searched || turn.standalone || null, turn.of),
      correct: (turn, standalone) => this.ask(turn.question, standalone, turn.of),
    };
    // A suggestion is asked as it was tried: with its own words alone, and of its article.
    this._suggestions = new Suggestions(visitor, (question, articles) => this.ask(question, question, articles));
    this._root = byId("chat");
    this._log = byId("log");
    this._box = byId("question");
    this._send = byId("send");
    this._id = "";
    this._stop = null;
    this._begun = 0;
    this._opening = null;
    this._followed = 0;
    byId("ask").addEventListener("submit", (event) => {
      event.preventDefault();
      this._stop ? this.stop() : this.ask(this._box.value);
    });
    this._box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        if (!this._stop) {
          this.ask(this._box.value);
        }
      } else if (event.key === "Escape") {
        this.stop();
      }
    });
  }

  /** Id of the conversation that is shown; "" before its first question. */
  get id() {
    return this._id;
  }

  /** Show the conversation that the browser remembers. */
  async restore() {
    const remembered = this._memory.get();
    if (remembered) {
      await this.open(remembered);
    }
  }

  /** Show a kept conversation; an empty one if it is there no more. A question that is asked meanwhile waits for it. */
  open(id) {
    this.stop();
    this._opening = this._open(id);
    return this._opening;
  }

  async _open(id) {
    const begun = (this._begun += 1);
    try {
      const conversation = await quick("open_conversation", this._visitor, id, null);
      if (begun !== this._begun) {
        return; // the user has gone on to another meanwhile
      }
      this._begin(conversation.id);
      this._add(conversation);
      if (conversation.notice) {
        notify(conversation.notice);
      }
    } catch (error) {
      notify(error.message);
    }
  }

  /** An empty conversation; the old one stays where it is kept. */
  fresh() {
    this.stop();
    this._begin("");
    this._box.focus();
  }

  /** Articles came, changed or went: say of each quote that is shown whether it still stands. */
  async refresh() {
    const id = this._id;
    if (!id) {
      return;
    }
    try {
      const { turns } = await quick("open_conversation", this._visitor, id, null);
      for (const turn of id === this._id ? turns : []) {
        const shown = this._log.querySelector(`[data-turn="${turn.number}"]`);
        shown && showStaleness(shown, turn);
      }
    } catch (error) {
      notify(error.message);
    }
  }

  /** Put words into the question box, to be asked or gone on with. */
  suggest(text) {
    this._box.value = text;
    this._box.focus();
    this._box.setSelectionRange(text.length, text.length);
  }

  /** Stop the answer that is coming. */
  stop() {
    this._stop?.abort();
  }

  /**
   * Ask, and show the answer as it comes about.
   * @param {string} question
   * @param {string|null} standalone the standalone question, where the user has corrected it
   * @param {string[]|null} only ids of the articles to ask, where the question is of some; null = those that are chosen
   */
  async ask(question, standalone = null, only = null) {
    if (!question.trim() || this._stop) {
      return;
    }
    this._suggestions.clear();
    const stop = this._busy(new AbortController());
    const asked = { question, standalone, only, scope: only ?? this._scope() };
    const pending = new PendingTurn(question.trim(), this._actions);
    this._append(pending.element);
    this._keepFocus();
    this._box.value = "";
    let last = null;
    try {
      await Promise.race([this._opening, aborted(stop.signal)]);
      if (!pending.element.isConnected) {
        this._append(pending.element);
      }
      const args = [this._visitor, this._id, question, asked.scope, standalone];
      for await (const event of stream("chat", args, stop.signal)) {
        last = event;
        this._following(pending.element, () => pending.update(event));
      }
      this._end(pending, asked, last);
    } catch (error) {
      const stopped = say(pending.shown().length ? "stopped_midway" : "stopped");
      this._failed(pending, asked, error.name === "AbortError" ? stopped : error.message);
    } finally {
      this._busy(null);
    }
  }

  _end(pending, asked, last) {
    if (last?.event !== "answered") {
      this._failed(pending, asked, last?.message ?? say("failed"));
      return;
    }
    last.turn.of = asked.only;
    last.turn.standalone = asked.standalone; // as it may be the question itself, and then the server tells none
    this._id = last.conversation.id;
    this._memory.set(this._id);
    const turn = turnElement(last.turn, this._actions);
    this._suggestions.keepRoom(turn, last.turn);
    this._following(turn, () => {
      replaceTurn(pending.element, turn);
      this._trim();
    });
    if (last.notice) {
      notify(last.notice);
    }
    this._root.dispatchEvent(new CustomEvent("answered", { detail: { turn: last.turn, cited: pending.cited } }));
    this._root.dispatchEvent(new CustomEvent("conversations-changed"));
    this._suggestions.show(this._id, asked.scope);
  }

  _failed(pending, { question, standalone, only }, message) {
    if (!pending.element.isConnected) {
      return; // the user has gone on to another conversation meanwhile
    }
    const again = () => {
      failed.remove();
      this.ask(question, standalone, only);
    };
    const failed = failedElement(question.trim(), message, again, pending.shown());
    this._following(failed, () => pending.element.replaceWith(failed));
    if (!this._box.value) {
      this._box.value = question;
    }
  }

  _append(element) {
    this._empty(false);
    this._log.append(element);
    this._follow(element);
  }

  _begin(id) {
    this._begun += 1;
    this._id = id;
    this._memory.set(id);
    this._suggestions.clear();
    this._log.replaceChildren();
    this._empty(true);
    this._root.dispatchEvent(new CustomEvent("conversation-begun"));
  }

  /** Turns of a conversation, before those that are shown. */
  _add(conversation) {
    const earlier = conversation.earlier ? [this._earlier(conversation)] : [];
    const turns = conversation.turns.map((turn) => turnElement(turn, this._actions));
    this._log.prepend(...earlier, ...turns);
    this._empty(!this._log.childElementCount);
    return turns;
  }

  /** Of a very long conversation only the last turns stay on the page; those before can be shown again. */
  _trim() {
    const turns = this._log.querySelectorAll(".turn");
    if (turns.length <= MOST_SHOWN) {
      return;
    }
    [...turns].slice(0, -SHOWN_AFTER).forEach((turn) => turn.remove());
    this._log.querySelector(".earlier")?.remove();
    const number = Number(this._log.querySelector("[data-turn]").dataset.turn);
    this._log.prepend(this._earlier({ id: this._id, earlier: number, turns: [{ number }] }));
  }

  _earlier(conversation) {
    const first = conversation.turns[0].number;
    const show = async () => {
      try {
        const before = await quick("open_conversation", this._visitor, conversation.id, first);
        button.remove();
        this._add(before).at(-1)?.scrollIntoView({ block: "end" });
      } catch (error) {
        notify(error.message);
      }
    };
    const text = sayCount("earlier", conversation.earlier);
    const button = el("button", { type: "button", class: "quiet earlier", text, on: { click: show } });
    return button;
  }

  _empty(empty) {
    byId("welcome").hidden = !empty;
    if (!empty) {
      requestAnimationFrame(() => this._log.lastElementChild && this._follow(this._log.lastElementChild));
    }
  }

  /** Whoever pressed a button that is gone now goes on at the question box; not on a phone, where a keyboard would come up. */
  _keepFocus() {
    const at = document.activeElement;
    if (at === document.body || byId("welcome").contains(at)) {
      (isWide() ? this._box : byId("turns")).focus();
    }
  }

  /** Bring a turn into view: its end where it fits, else its beginning. */
  _follow(element) {
    const pane = byId("turns");
    const fits = element.offsetHeight < pane.clientHeight;
    element.scrollIntoView({ block: fits ? "end" : "start" });
    this._followed = pane.scrollTop;
  }

  /** Change a turn and bring it into view; of somebody who has scrolled, only the pane's end is followed, and only from there. */
  _following(element, change) {
    const pane = byId("turns");
    const scrolled = Math.abs(pane.scrollTop - this._followed) > 1;
    const atEnd = pane.scrollTop + pane.clientHeight > pane.scrollHeight - 2;
    change();
    if (!scrolled) {
      this._follow(element);
    } else if (atEnd) {
      pane.scrollTop = pane.scrollHeight;
    }
  }

  _busy(stop) {
    this._stop = stop;
    this._send.textContent = say(stop ? "stop" : "ask");
    this._send.classList.toggle("stop", stop !== null);
    this._log.setAttribute("aria-busy", String(stop !== null));
    return stop;
  }
}

/** Never fulfilled; rejected as soon as it is aborted. */
const aborted = (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
