// A turn whose answer is coming: each proven sentence as it comes, its quotes below, and how far it has got.
import { byId, el } from "./dom.js";
import { answeringOf, keySpans, quoteElement, saidElement } from "./quotes.js";
import { comingSearchedElement } from "./searched.js";
import { questionElement } from "./turn.js";
import { say, sayCount } from "./words.js";

/** Set like the turn that takes its place in the end, so that nothing moves then. */
export class PendingTurn {
  /**
   * @param {string} question
   * @param {import("./turn.js").TurnActions} actions of which it takes `cite`
   */
  constructor(question, actions) {
    this._actions = actions;
    this._citations = new Map();
    this._leftOut = 0;
    this._status = el("p", { class: "looking", text: say("looking") });
    this._said = el("div", { class: "sentences" });
    this._quotes = el("ol", { class: "quotes", "aria-label": say("quotes_label") });
    this._answer = el("div", { class: "answer pending" }, this._status);
    this.element = el("article", { class: "turn", "aria-label": say("turn_label", { question }) }, questionElement(question), this._answer);
    /** Whether the user has looked at one of the quotes. */
    this.cited = false;
    byId("said").textContent = "";
  }

  /** Take what the server says. */
  update(event) {
    if (event.event === "preparing") {
      this._tell(event.note);
    } else if (event.event === "searching") {
      this._tell(say("looking"));
      this._showSearched(event.question);
    } else if (event.event === "sentence") {
      this._addSentence(event.sentence, event.citations);
      this._tellWriting();
    } else if (event.event === "dropped") {
      this._leftOut += 1;
      this._tellWriting();
    } else if (event.event === "writing") {
      this._tellWriting();
    }
  }

  /** The proven part of an answer that comes no further; empty if there is none. */
  shown() {
    return this._citations.size ? [...this._answer.children].filter((one) => one !== this._status) : [];
  }

  /** Several times a second, so only what is new touches the page. */
  _tell(text) {
    if (this._status.textContent !== text) {
      this._status.textContent = text;
    }
  }

  _tellWriting() {
    if (!this._status.classList.contains("writing")) {
      this._status.classList.add("writing");
      byId("said").textContent = say("writing"); // the log is busy and says nothing until the answer is whole
    }
    const leftOut = this._leftOut ? [sayCount("left_out_so_far", this._leftOut)] : [];
    this._tell([say("writing"), ...leftOut].join(" · "));
  }

  _showSearched(searched) {
    if (searched) {
      this._answer.before(comingSearchedElement(searched));
    }
  }

  _addSentence(sentence, citations) {
    const cite = (number, from) => this._cite(number, from);
    const added = citations.filter(({ number }) => !this._citations.has(number));
    added.forEach((citation) => this._citations.set(citation.number, citation));
    if (!this._quotes.isConnected) {
      this._status.before(this._said, this._quotes);
    }
    this._said.append(saidElement(sentence, citations, cite));
    this._quotes.append(
      ...added.map((citation) => {
        const keys = citation === answeringOf(sentence, citations) ? sentence.keys : [];
        return quoteElement(citation, keySpans(citation.quote, keys), cite);
      }),
    );
  }

  _cite(number, from) {
    this.cited = true;
    const citation = this._citations.get(number);
    this._actions.cite(citation, [...this._citations.values()].filter((one) => one !== citation), from);
  }
}
