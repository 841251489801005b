// How a whole answer is laid out: paragraphs, lists whose end is folded away, parts under headings, columns.
import { el, foreign } from "./dom.js";
import { answeringOf, keySpans, quoteElement, saidElement } from "./quotes.js";
import { say, sayCount } from "./words.js";

const OPEN_ITEMS = 5;

/**
 * The elements of an answer.
 * @param {Object} turn with `layout` (LayoutView in assistant/page/events/layout.py), `sentences` and `citations`
 * @param {(number: number, from: HTMLElement) => void} cite
 * @returns {HTMLElement[]}
 */
export function layoutElements({ layout, sentences, citations }, cite) {
  let next = 0;
  const bodies = layout.parts.map((part) => partElements(part, sentences.slice(next, (next += part.sentences)), citations, cite));
  const verdict = layout.verdict ? [el("p", { class: "verdict", text: layout.verdict })] : [];
  if (bodies.length === 1) {
    return [...verdict, ...bodies[0]];
  }
  const parts = bodies.map((body) => el("div", { class: "part" }, ...body));
  return [...verdict, el("div", { class: layout.columns ? "parts columns" : "parts" }, ...parts), ...toldElements(layout.below)];
}

/** Open the folded end of a list if an element stands in it, so that it can be seen and focused. */
export function unfold(element) {
  const list = element.closest(".listed > [hidden]")?.parentElement;
  list?.nextElementSibling.click();
}

function partElements(part, sentences, citations, cite) {
  const heading = part.heading ? [el("h2", { class: "part-heading" }, foreign(part.heading))] : [];
  const body = part.listed ? listElements(sentences, citations, cite) : plainElements(sentences, citations, cite);
  return [...heading, ...toldElements(part.before), ...body, ...toldElements(part.after)];
}

/** Fixed sentences of our own, told apart from quotes. */
const toldElements = (texts) => texts.map((text) => el("p", { class: "told", text }));

function plainElements(sentences, citations, cite) {
  if (!sentences.length) {
    return [];
  }
  const said = sentences.map((sentence) => saidElement(sentence, citations, cite));
  const numbers = new Set(sentences.flatMap((sentence) => sentence.citations));
  return [el("div", { class: "sentences" }, ...said), quotesElement([...numbers], sentences, citations, cite)];
}

/** Each sentence with its quotes below; a quote that an earlier one has shown is not shown again, unless nothing else would be. */
function listElements(sentences, citations, cite) {
  const shown = new Set();
  const items = sentences.map((sentence) => {
    const said = saidElement(sentence, citations, cite);
    const numbers = sentence.citations.filter((number) => !said || !shown.has(number));
    numbers.forEach((number) => shown.add(number));
    const quotes = numbers.length ? [quotesElement(numbers, sentences, citations, cite)] : [];
    return el("li", {}, said, ...quotes);
  });
  const list = el("ul", { class: "listed", role: "list" }, ...items);
  return items.length > OPEN_ITEMS ? [list, foldElement(items.slice(OPEN_ITEMS))] : [list];
}

/** Folds items away; the button that opens them leads to the first, since they come before it. */
function foldElement(items) {
  const button = el("button", { type: "button", class: "quiet fold" });
  const set = (open) => {
    items.forEach((item) => (item.hidden = !open));
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? say("fewer_items") : sayCount("more_items", items.length);
  };
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") === "false";
    set(open);
    open && items[0].querySelector(".marker").focus();
  });
  set(false);
  return button;
}

/** Quotes by their numbers; the keys of all sentences whose words they have are marked. */
function quotesElement(numbers, sentences, citations, cite) {
  const rows = numbers
    .map((number) => citations.find((citation) => citation.number === number))
    .filter(Boolean)
    .map((citation) => {
      const keys = sentences.filter((sentence) => answeringOf(sentence, citations) === citation).flatMap((sentence) => sentence.keys);
      return quoteElement(citation, keySpans(citation.quote, keys), cite);
    });
  return el("ol", { class: "quotes", "aria-label": say("quotes_label") }, ...rows);
}
