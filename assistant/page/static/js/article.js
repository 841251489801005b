// The article pane: an article set like an article, and the words of a citation lit up in it.
import { blockElements } from "./blocks.js";
import { el, foreign } from "./dom.js";
import { quick } from "./events.js";
import { CountedText } from "./offsets.js";
import { say } from "./words.js";

const KEPT = 30;

/** Shows one article at a time. Articles are fetched once and kept, so that a click needs no server. */
export class ArticlePane {
  /**
   * @param {HTMLElement} root where the article is set
   * @param {HTMLElement} notice where it is said that a quote can't be shown
   */
  constructor(root, notice) {
    this._root = root;
    this._notice = notice;
    this._fetched = new Map();
    this._lit = new Set();
    this._article = null;
    this._asked = 0;
  }

  /** The article that is shown: {id, title, ...}; null if none is. */
  get article() {
    return this._article;
  }

  /** Fetch an article before it is needed. */
  prefetch(id) {
    this._fetch(id).catch(() => this._fetched.delete(id));
  }

  /** Forget what was fetched: articles came, changed or went. */
  forget() {
    this._fetched.clear();
  }

  /** Show an article from its beginning, as it is now: another tab may have changed it. */
  async open(id) {
    this._fetched.delete(id);
    if (await this._set(id)) {
      this._root.parentElement.scrollTop = 0;
    }
  }

  /** Show nothing. */
  clear() {
    this._asked += 1;
    this._article = null;
    this._say("");
    this._root.replaceChildren();
    this._tell(null);
  }

  /** Light up nothing any more; the article stays. */
  darken() {
    if (this._article) {
      this._darken();
      this._say("");
      this._tell(null);
    }
  }

  /**
   * Light up a citation's words and bring them into view; those of others in the same article are paler.
   * @param {Object} citation with article_id, start, end, quote, content_hash
   * @param {Object[]} [others] citations of the same answer
   * @param {string} [kind] "cited", or "support" for a passage that the reader looked for
   * @returns {Promise<HTMLElement|null>} the first of the lit elements; null if the words can't be shown
   */
  async show(citation, others = [], kind = "cited") {
    if (!(await this._set(citation.article_id, citation))) {
      return null;
    }
    this._darken();
    if (!this._stands(citation)) {
      this._tell(null);
      this._say(say("changed"), citation.quote);
      return null;
    }
    this._say("");
    const paler = others.filter((other) => other.article_id === citation.article_id && this._stands(other));
    this._light([
      ...paler.map((other) => ({ ...other, kind: "paler" })),
      { ...citation, kind },
    ]);
    this._tell(citation);
    const first = this._root.querySelector(`mark.${kind}`);
    first?.scrollIntoView({ block: "center" });
    return first;
  }

  /**
   * Where in the article a selection stands.
   * @param {Range} range
   * @returns {{article_id: string, start: number, end: number, quote: string}|null} null if it is not in the article
   */
  locate(range) {
    if (!this._article || !this._root.contains(range.commonAncestorContainer)) {
      return null;
    }
    const ends = [
      [range.startContainer, range.startOffset],
      [range.endContainer, range.endOffset],
    ].map(([node, offset]) => this._place(node, offset));
    const [start, end] = this._trimmed(...this._inside(...ends));
    if (start >= end) {
      return null;
    }
    return { article_id: this._article.id, start, end, quote: this._article.counted.slice(start, end) };
  }

  _fetch(id) {
    if (!this._fetched.has(id)) {
      const fetching = quick("read_article", id).then((given) => ({ ...given, counted: new CountedText(given.text) }));
      this._fetched.set(id, fetching);
      fetching.catch(() => this._fetched.delete(id));
      if (this._fetched.size > KEPT) {
        this._fetched.delete(this._fetched.keys().next().value);
      }
    }
    return this._fetched.get(id);
  }

  /** Set the article; false if it can't be read, or another was asked for meanwhile. */
  async _set(id, citation = null) {
    const asked = (this._asked += 1);
    const version = citation?.content_hash;
    const known = this._fetched.has(id) && (await this._fetched.get(id).catch(() => null));
    if (known && version && !citation.stale && known.content_hash !== version) {
      this._fetched.delete(id); // somebody else changed it since it was fetched
    } else if (known && known === this._article) {
      return asked === this._asked;
    }
    try {
      const article = await this._fetch(id);
      if (asked !== this._asked) {
        return false;
      }
      this._article = article;
      this._lit.clear();
      this._say("");
      this._root.replaceChildren(...blockElements(article));
      this._tell(null);
      this._root.dispatchEvent(new CustomEvent("article-set", { bubbles: true }));
      return true;
    } catch (error) {
      if (asked === this._asked) {
        this.clear(); // beside what is said now, another article's text would be taken for this one's
        this._say(error.message, citation?.quote);
      }
      return false;
    }
  }

  /** Whether a citation's words stand where it says, in the version of the article that is shown. */
  _stands({ start, end, quote, stale }) {
    return !stale && this._article.counted.slice(start, end) === quote;
  }

  /** Ranges that may overlap -> marks that don't: where two meet, the later one in the list wins. */
  _light(ranges) {
    for (const block of this._blocks()) {
      const from = Number(block.dataset.start);
      const to = Number(block.dataset.end);
      const inside = ranges.filter((range) => range.start < to && range.end > from);
      if (inside.length) {
        this._lit.add(block);
        block.replaceChildren(...pieces(this._article.counted, from, to, inside));
      }
    }
  }

  _darken() {
    for (const block of this._lit) {
      block.replaceChildren(this._article.counted.slice(Number(block.dataset.start), Number(block.dataset.end)));
    }
    this._lit.clear();
  }

  /** The offset in the article of a place in the DOM. */
  _place(node, offset) {
    const inside = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const block = inside.closest(".block");
    if (!block) {
      // Between two blocks, as in a list or at the number of a page: the beginning of the next.
      const here = document.createRange();
      here.setStart(node, offset);
      const next = this._blocks().find((one) => here.comparePoint(one, 0) >= 0);
      return next ? Number(next.dataset.start) : this._article.counted.length;
    }
    const before = document.createRange();
    before.setStart(block, 0);
    before.setEnd(node, offset);
    const start = Number(block.dataset.start);
    const unit = this._article.counted.unit(start) + before.toString().length;
    return this._article.counted.point(unit);
  }

  /** A selection that begins and ends in blocks: blank lines and bullets at its ends were not seen, so they were not meant. */
  _inside(start, end) {
    const { blocks } = this._article;
    const first = blocks.find((block) => block.end > start);
    const last = blocks.findLast((block) => block.start < end);
    return first && last ? [Math.max(start, first.start), Math.min(end, last.end)] : [start, start];
  }

  /** A selection without the spaces around it. */
  _trimmed(start, end) {
    const words = this._article.counted.slice(start, end);
    const lead = words.length - words.trimStart().length;
    const tail = words.length - words.trimEnd().length;
    return [start + lead, end - tail];
  }

  _blocks() {
    return [...this._root.querySelectorAll(".block")];
  }

  /** Tell which quote is lit up; null = none. */
  _tell(citation) {
    this._root.dispatchEvent(new CustomEvent("words-lit", { detail: citation }));
  }

  _say(text, quote = "") {
    this._notice.replaceChildren(
      ...(text ? [el("p", { text })] : []),
      ...(text && quote ? [el("blockquote", {}, foreign(quote))] : []),
    );
    this._notice.hidden = !text;
  }
}

/** A block's text, cut into plain pieces and marks. */
function pieces(counted, from, to, ranges) {
  const cuts = new Set([from, to]);
  ranges.forEach(({ start, end }) => [start, end].forEach((at) => at > from && at < to && cuts.add(at)));
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((start, n) => {
    const end = sorted[n + 1];
    const on = ranges.findLast((range) => range.start <= start && range.end >= end);
    const words = counted.slice(start, end);
    return on ? el("mark", { class: on.kind, tabindex: "-1", text: words }) : words;
  });
}
