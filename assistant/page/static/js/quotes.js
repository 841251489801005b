// What is said and the quotes that prove it: sentences with their markers, quotes with their sources and what is known of them.
import { el, foreign } from "./dom.js";
import { addTip } from "./tips.js";
import { say } from "./words.js";

const LONG_KEY = 90; // key words longer than this are only marked in their quote; said twice they would be tiresome

/** The citation behind an element that shows its words. */
export const citationOf = new WeakMap();

/**
 * What is said, the key words in bold; a reader's own words make one paragraph with those before and after them. What only
 * repeats the quotes is left out: they stand right below.
 */
export function saidElement(sentence, citations, cite) {
  const quotes = sentence.citations.map((number) => citations.find((one) => one.number === number)?.quote ?? "");
  const quoted = quotes.map((quote) => `“${quote}”`).join(" … ");
  const words = sentence.keys.join(", ");
  const repeats = sentence.text === quoted || sentence.text === `${words} — ${quoted}`;
  if (repeats && (!words || words.length > LONG_KEY || sentence.text === quoted)) {
    return "";
  }
  const text = repeats ? words : sentence.text;
  const said = el("p", { class: repeats ? "said" : "said flowing", dir: "auto" });
  said.append(...pieces(text, keySpans(text, sentence.keys), (key) => el("b", { class: "key" }, foreign(key)), foreign));
  sentence.citations.forEach((number) => {
    const citation = citations.find((one) => one.number === number);
    // Apart, so that no figure grows by its marker when it is copied, and yet on the same line.
    said.append("\u00a0", markerElement(number, citation, cite));
  });
  said.append(" ");
  return said;
}

/** The citation of a sentence that has the answer's words: the last with all of them; one before it may only say who speaks. */
export function answeringOf(sentence, citations) {
  const own = sentence.citations.map((number) => citations.find((one) => one.number === number)).filter(Boolean);
  return own.findLast(({ quote }) => sentence.keys.every((key) => quote.includes(key))) ?? own.at(-1);
}

function markerElement(number, citation, cite) {
  const name = say("marker", { number, title: citation?.title ?? "" });
  const marker = el("button", { type: "button", class: "marker", "aria-label": name, text: number });
  marker.addEventListener("click", () => cite(number, marker));
  addTip(marker, () => el("q", { dir: "auto", text: citation?.quote ?? "" }));
  return marker;
}

/**
 * A quote with its number, its words, its source, and whether it is proven.
 * @param {Object} citation as the server gives it (CitationView in assistant/page/events/views.py)
 * @param {number[][]} spans [start, end] of the words that are marked in it, in its JavaScript string
 * @param {(number: number, from: HTMLElement) => void} cite show it in its article
 */
export function quoteElement(citation, spans, cite) {
  const marker = markerElement(citation.number, citation, cite);
  const words = el("blockquote", { class: "quote", dir: "auto" });
  citationOf.set(words, citation);
  words.append(...pieces(citation.quote, spans, (text) => el("mark", { text })));
  // The marker does the same for the keyboard; a click on the words is a larger target for the mouse.
  words.addEventListener("click", () => getSelection().isCollapsed && cite(citation.number, marker));
  const facts = Object.entries({ page: citation.page && say("page_short", citation), date: citation.date }).filter(([, text]) => text);
  const known = facts.flatMap(([kind, text]) => [" · ", el("span", { class: kind, text })]);
  const source = el("p", { class: "source" }, el("cite", {}, foreign(citation.title)), ...known, "\u2002", badge(citation));
  return el("li", {}, marker, words, source);
}

/** What is known of a quote: it stands in its article, or did. */
export function badge(citation) {
  const kind = citation.stale ? "stale" : "verbatim";
  const made = el("span", { class: kind, tabindex: "0", role: "note", text: say(kind) });
  addTip(made, () => say(`${kind}_hint`));
  return made;
}

/** Where keys stand in a text, in its order, none over another. */
export function keySpans(text, keys) {
  const spans = [];
  for (const key of keys) {
    const span = freePlace(text, key, spans);
    span && spans.push(span);
  }
  return spans.sort(([a], [b]) => a - b);
}

/** The first place of a key that no span covers. */
function freePlace(text, key, spans) {
  for (let at = text.indexOf(key); key && at >= 0; at = text.indexOf(key, at + 1)) {
    const end = at + key.length;
    if (!spans.some((span) => at < span[1] && span[0] < end)) {
      return [at, end];
    }
  }
  return null;
}

/** A text cut at the spans: what is inside of them goes through `marked`, what is outside through `plain`. */
export function pieces(text, spans, marked, plain = (words) => words) {
  const made = [];
  let last = 0;
  for (const [start, end] of spans) {
    start > last && made.push(plain(text.slice(last, start)));
    made.push(marked(text.slice(start, end)));
    last = end;
  }
  last < text.length && made.push(plain(text.slice(last)));
  return made;
}
