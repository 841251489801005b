// The second view of a citation: the page of the source's file as a picture, with the quote marked.
import { byId, el, foreign } from "./dom.js";
import { EventError, picture } from "./events.js";
import { say } from "./words.js";

/** The button "Show page" and what it shows. It is offered for a quote that stands on a page of a file that is still there. */
export class PagePicture {
  /** @param {import("./article.js").ArticlePane} pane tells which quote is shown, by its event `words-lit` */
  constructor(pane) {
    this._pane = pane;
    this._button = byId("show-page");
    this._figure = byId("page-picture");
    this._text = byId("article");
    this._citation = null;
    this._asked = 0;
    this._button.addEventListener("click", () => (this._figure.hidden ? this._show() : this._hide()));
    this._text.addEventListener("words-lit", ({ detail }) => this._offer(detail));
  }

  _offer(citation) {
    this._citation = citation;
    this._hide();
    this._button.hidden = !(citation?.page && this._pane.article?.pictures);
  }

  _hide() {
    const shown = !this._figure.hidden;
    this._asked += 1;
    this._set(false);
    this._figure.replaceChildren();
    if (shown) {
      this._text.querySelector("mark.cited, mark.support")?.scrollIntoView({ block: "center" });
    }
  }

  async _show() {
    const asked = (this._asked += 1);
    const citation = this._citation;
    const told = { page: citation.page, title: this._pane.article.title };
    this._set(true);
    this._figure.replaceChildren(el("p", { class: "hint", role: "status", text: say("page_drawing") }));
    this._text.parentElement.scrollTop = 0;
    let shown;
    try {
      const image = el("img", { src: await picture(citation), alt: say("page_alt", { ...told, quote: citation.quote }) });
      shown = [image, el("figcaption", { class: "hint" }, foreign(say("page_caption", told)))];
    } catch (error) {
      const message = error instanceof EventError ? error.message : say("failed");
      shown = [el("p", { class: "article-notice", role: "alert", text: message })];
    }
    if (asked === this._asked) {
      this._figure.replaceChildren(...shown);
    }
  }

  _set(asPicture) {
    this._figure.hidden = !asPicture;
    this._text.hidden = asPicture;
    this._button.setAttribute("aria-pressed", String(asPicture));
  }
}
