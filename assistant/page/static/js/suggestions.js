// Next questions below the last answer. They come when they are found, into room that was kept for them: nothing moves.
import { el, foreign } from "./dom.js";
import { stream } from "./events.js";
import { say } from "./words.js";

const SUGGESTED_AFTER = ["answered", "not_found"];

export class Suggestions {
  /**
   * @param {string} visitor
   * @param {(question: string, articles: string[]) => void} ask ask a suggestion of the article that it is from
   */
  constructor(visitor, ask) {
    this._visitor = visitor;
    this._ask = ask;
    this._place = null;
    this._stop = null;
  }

  /** Keep room for suggestions below a turn that is about to be shown. */
  keepRoom(shown, turn) {
    if (SUGGESTED_AFTER.includes(turn.status)) {
      this._place = el("div", { class: "suggested", role: "group", "aria-label": say("next_questions") });
      shown.append(this._place);
    }
  }

  /**
   * Show the suggestions as they are found.
   * @param {string} conversation
   * @param {string[]|null} articles ids of the articles that were asked; null = all
   */
  async show(conversation, articles) {
    const place = this._place;
    if (!place || !conversation) {
      return;
    }
    this._stop = new AbortController();
    try {
      for await (const told of stream("suggest_questions", [this._visitor, conversation, articles], this._stop.signal)) {
        told.event === "suggested" && this._fill(place, told);
      }
    } catch {
      // Nobody asked for suggestions: nobody is told that there are none.
    }
  }

  /** Take the suggestions away, and look for no more. */
  clear() {
    this._stop?.abort();
    this._place?.remove();
    this._place = this._stop = null;
  }

  /** Add those that are new; a button that is there stays the same, for whoever is about to press it. */
  _fill(place, { article_id: id, title, refused, questions }) {
    if (!place.childElementCount) {
      const label = say(refused ? "next_refused" : "next_answered");
      place.append(el("p", { class: "hint" }, `${label} `, foreign(title)), el("ul", {}));
    }
    const list = place.lastElementChild;
    questions.slice(list.childElementCount).forEach((question) => {
      const press = () => this._ask(question, [id]);
      list.append(el("li", {}, el("button", { type: "button", class: "example", on: { click: press } }, foreign(question))));
    });
  }
}
