// Words that the reader selects: in an answer, they look for their support; in the article, they can be asked about.
import { byId } from "./dom.js";

const SETTLED_MS = 350;
const LONGEST = 600;
const LEAST_LETTERS = 3;

/**
 * Watch the selection, by mouse, touch or keyboard.
 * @param {import("./article.js").ArticlePane} pane
 * @param {(words: string, answer: HTMLElement) => void} inAnswer words of an answer were selected
 * @param {(place: Object|null) => void} inArticle words of the article were selected, or none are any more
 */
export function watchSelection(pane, inAnswer, inArticle) {
  let timer = 0;
  let before = "";
  const settled = () => {
    const selection = getSelection();
    const words = selection.isCollapsed ? "" : selection.toString().trim();
    const range = words && selection.getRangeAt(0);
    const place = range ? pane.locate(range) : null;
    inArticle(place ? { ...place, box: range.getBoundingClientRect() } : null);
    const answer = range && closestAnswer(range);
    const enough = words.length >= LEAST_LETTERS && words.length <= LONGEST;
    if (answer && enough && words !== before) {
      inAnswer(words, answer);
    }
    before = words;
  };
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(settled, SETTLED_MS);
  });
}

function closestAnswer(range) {
  const node = range.commonAncestorContainer;
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  return element.closest?.(".answer:not(.small_talk)") ?? null;
}

/** The buttons beside words that are selected in the article. */
export class SelectionBar {
  /** @param {{ask: (place: Object) => void, expect: (place: Object) => void}} actions */
  constructor(actions) {
    this._bar = byId("selection-bar");
    this._place = null;
    for (const [id, act] of [["selection-ask", actions.ask], ["selection-expect", actions.expect]]) {
      // Pressing must not take the selection away before it is used.
      byId(id).addEventListener("pointerdown", (event) => event.preventDefault());
      byId(id).addEventListener("click", () => {
        const place = this._place;
        this.hide();
        getSelection().removeAllRanges();
        act(place);
      });
    }
    byId("reading").addEventListener("scroll", () => this.hide(), true);
  }

  /**
   * Show it beside the selection, or hide it.
   * @param {Object|null} place with `box`, where the selection stands on the screen
   * @param {boolean} choosing whether an expected quote is waited for
   */
  show(place, choosing) {
    if (!place) {
      // A click on a button of the bar by the keyboard leaves the selection as it is; leaving it for good hides the bar.
      this._bar.contains(document.activeElement) || this.hide();
      return;
    }
    this._place = place;
    byId("selection-expect").hidden = !choosing;
    this._bar.hidden = false;
    const size = this._bar.getBoundingClientRect();
    const left = place.box.left + place.box.width / 2 - size.width / 2;
    const above = place.box.top - size.height - 8;
    this._bar.style.left = `${Math.min(Math.max(8, left), innerWidth - size.width - 8)}px`;
    const top = above > 8 ? above : place.box.bottom + 8;
    this._bar.style.top = `${Math.min(top, innerHeight - size.height - 8)}px`;
  }

  hide() {
    this._bar.hidden = true;
  }
}
