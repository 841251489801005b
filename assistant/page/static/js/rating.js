// Thumbs, and what should have been said: a thumbs-down becomes a draft case for a question set.
import { drawn, el, foreign, iconButton } from "./dom.js";
import { quick } from "./events.js";
import { notify } from "./notices.js";
import { say } from "./words.js";

/** Rates turns; one form for a thumbs-down may be open at a time, and takes the words that are chosen in the article. */
export class Ratings {
  /**
   * @param {string} visitor
   * @param {() => string} conversation id of the conversation that is shown
   * @param {(turn: Object, place: HTMLElement) => void} changed a turn has another rating
   * @param {() => void} download get the draft cases
   */
  constructor(visitor, conversation, changed, download) {
    this._visitor = visitor;
    this._conversation = conversation;
    this._changed = changed;
    this._download = download;
    this._choose = null;
  }

  /** Whether a form waits for words to be chosen in the article. */
  get choosing() {
    return this._choose !== null;
  }

  /** Words were chosen in the article as the expected quote. */
  chosen(quote) {
    this._choose?.(quote);
  }

  /** Rate a turn; for "down", ask what it should have said. The form is there at once: words may be chosen right away. */
  async rate(turn, verdict, place) {
    const { said = "", quote = null } = turn.rating ?? {};
    this._choose = null;
    place.replaceChildren(...(verdict === "down" ? [this._form(turn, place)] : []));
    place.querySelector("textarea")?.focus();
    if (!(await this._keep(turn, verdict, said, quote, place))) {
      this._choose = null;
      place.replaceChildren();
    }
  }

  async _keep(turn, verdict, said, quote, place) {
    try {
      turn.rating = await quick("rate", this._visitor, this._conversation(), turn.number, verdict, said, quote);
      this._changed(turn, place);
      return true;
    } catch (error) {
      notify(error.message);
      return false;
    }
  }

  _form(turn, place) {
    const said = el("textarea", { rows: 2, maxlength: 2000, "aria-label": say("should_have_said") });
    said.value = turn.rating?.said ?? "";
    let quote = turn.rating?.quote ?? null;
    const chosen = el("div", { class: "expected" });
    const show = () => {
      chosen.replaceChildren(
        quote
          ? el("blockquote", { class: "quote" }, foreign(quote.quote), iconButton("close", say("expected_remove"), () => take(null)))
          : el("p", { class: "hint", text: say("expected_hint") }),
      );
    };
    const take = (given) => {
      quote = given;
      show();
    };
    show();
    this._choose = take;
    const close = () => {
      this._choose = null;
      place.replaceChildren();
      place.parentElement.querySelector(".rate-down").focus();
    };
    const form = el(
      "form",
      { class: "rating-form", "aria-label": say("rating_label") },
      el("p", { text: say("should_have_said") }),
      said,
      chosen,
      el(
        "div",
        { class: "row" },
        el("button", { class: "primary small", text: say("rating_save") }),
        el("button", { type: "button", class: "quiet", text: say("cancel"), on: { click: close } }),
        el("button", { type: "button", class: "quiet", on: { click: this._download } }, drawn("save"), say("cases_download")),
      ),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await this._keep(turn, "down", said.value.trim(), quote, place)) {
        close();
        notify(say("rating_kept"), { label: say("cases_download"), on: this._download });
      }
    });
    form.addEventListener("keydown", (event) => event.key === "Escape" && close());
    return form;
  }
}
