// One turn of a conversation: the question, what was searched for, the answer with its numbered quotes, what can be done.
import { drawn, el, foreign, iconButton } from "./dom.js";
import { addTip } from "./tips.js";
import { say, sayCount } from "./words.js";

const LONG_KEY = 90; // key words longer than this are only marked in their quote; said twice they would be tiresome

/** The citation behind an element that shows its words. */
export const citationOf = new WeakMap();

/** The marker that took another's place when the turn did. */
export const successorOf = new WeakMap();

/**
 * @typedef {Object} TurnActions what a turn can ask for
 * @property {(citation: Object, others: Object[], from: HTMLElement) => void} cite show a citation in its article
 * @property {(turn: Object) => void} again ask the question again
 * @property {(turn: Object, standalone: string) => void} correct ask again with a corrected standalone question
 * @property {(turn: Object) => void} copy copy the answer with its footnotes
 * @property {(turn: Object, verdict: string, place: HTMLElement) => void} rate
 */

/**
 * A whole turn.
 * @param {Object} turn as the server gives it (TurnView in assistant/page/events/views.py)
 * @param {TurnActions} actions
 */
export function turnElement(turn, actions) {
  const made = el("article", { class: "turn", "aria-label": say("turn_label", { question: turn.question }) });
  made.append(questionElement(turn.question));
  if (turn.searched) {
    made.append(searchedElement(turn, actions));
  }
  made.append(answerElement(turn, actions));
  return made;
}

/**
 * A turn that came to nothing: stopped, or failed.
 * @param {string} question
 * @param {string} message
 * @param {() => void} again
 * @param {Node[]} [shown] the proven part of an answer, which stays to be read
 */
export function failedElement(question, message, again, shown = []) {
  const retry = el("button", { type: "button", class: "quiet", on: { click: again } }, drawn("again"), say("again"));
  const answer = el("div", { class: "answer failed" }, ...shown, el("p", { class: "message", text: message }), retry);
  return el("article", { class: "turn" }, questionElement(question), answer);
}

/** What was asked. */
export function questionElement(question) {
  return el("p", { class: "question" }, el("span", { class: "visually-hidden", text: say("you_asked") }), foreign(question));
}

function searchedElement(turn, actions) {
  const line = el("div", { class: "searched" });
  const show = () => {
    const edit = iconButton("edit", say("searched_edit"), change);
    line.replaceChildren(el("span", {}, `${say("searched")} `, foreign(turn.searched)), edit);
    return edit;
  };
  const change = () => {
    const input = el("input", { type: "text", value: turn.searched, "aria-label": say("searched_edit"), maxlength: 2000 });
    const form = el("form", { class: "searched-form" }, input, el("button", { class: "primary small", text: say("again") }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim()) {
        show();
        actions.correct(turn, input.value.trim());
      }
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        show().focus();
      }
    });
    line.replaceChildren(form);
    input.select();
    input.focus();
  };
  show();
  return line;
}

function answerElement(turn, actions) {
  const answer = el("div", { class: `answer ${turn.status}`, data: { turn: turn.number } });
  if (turn.status !== "answered") {
    answer.append(el("p", { class: "message", text: turn.message }));
    if (turn.closest.length) {
      answer.append(closestElement(turn.closest, actions));
    }
  } else {
    const cite = (number, from) => {
      const citation = turn.citations.find((one) => one.number === number);
      actions.cite(citation, turn.citations.filter((one) => one !== citation), from);
    };
    const said = turn.sentences.map((sentence) => saidElement(sentence, turn.citations, cite));
    answer.append(el("div", { class: "sentences" }, ...said), quotesElement(turn, cite));
  }
  if (turn.notice) {
    answer.append(el("p", { class: "remark", role: "note" }, foreign(turn.notice)));
  }
  if (turn.status !== "small_talk") {
    answer.append(footElement(turn, actions)); // there is nothing in it to be checked, rated or copied
  }
  return answer;
}

/**
 * What is said, the key words in bold; a reader's own words make one paragraph with those before and after them. What only
 * repeats the quotes is left out: they stand right below.
 */
export function saidElement(sentence, citations, cite) {
  const quotes = sentence.citations.map((number) => citations.find((one) => one.number === number)?.quote ?? "");
  const quoted = quotes.map((quote) => `“${quote}”`).join(" … ");
  const repeats = sentence.text === quoted || sentence.text === `${sentence.key} — ${quoted}`;
  if (repeats && (!sentence.key || sentence.key.length > LONG_KEY || sentence.text === quoted)) {
    return "";
  }
  const text = repeats ? sentence.key : sentence.text;
  const at = sentence.key ? text.indexOf(sentence.key) : -1;
  const said = el("p", { class: repeats ? "said" : "said flowing", dir: "auto" });
  if (at < 0) {
    said.append(foreign(text));
  } else {
    const tail = text.slice(at + sentence.key.length);
    said.append(foreign(text.slice(0, at)), el("b", { class: "key" }, foreign(sentence.key)), foreign(tail));
  }
  sentence.citations.forEach((number) => {
    const citation = citations.find((one) => one.number === number);
    // Apart, so that no figure grows by its marker when it is copied, and yet on the same line.
    said.append("\u00a0", markerElement(number, citation, cite));
  });
  said.append(" ");
  return said;
}

function markerElement(number, citation, cite) {
  const name = say("marker", { number, title: citation?.title ?? "" });
  const marker = el("button", { type: "button", class: "marker", "aria-label": name, text: number });
  marker.addEventListener("click", () => cite(number, marker));
  addTip(marker, () => el("q", { dir: "auto", text: citation?.quote ?? "" }));
  return marker;
}

function quotesElement(turn, cite) {
  const keys = new Map(turn.sentences.filter((s) => s.key).map((s) => [s.citations[0], s.key]).reverse());
  const rows = turn.citations.map((citation) => quoteElement(citation, keys.get(citation.number) ?? "", cite));
  return el("ol", { class: "quotes", "aria-label": say("quotes_label") }, ...rows);
}

/** A quote with its number, its words (the key words marked), its source, and whether it is proven. */
export function quoteElement(citation, key, cite) {
  const marker = markerElement(citation.number, citation, cite);
  const words = el("blockquote", { class: "quote", dir: "auto" });
  citationOf.set(words, citation);
  const at = key ? citation.quote.indexOf(key) : -1;
  if (at < 0) {
    words.append(citation.quote);
  } else {
    words.append(citation.quote.slice(0, at), el("mark", { text: key }), citation.quote.slice(at + key.length));
  }
  // The marker does the same for the keyboard; a click on the words is a larger target for the mouse.
  words.addEventListener("click", () => getSelection().isCollapsed && cite(citation.number, marker));
  const page = citation.page ? el("span", { class: "page", text: say("page_short", citation) }) : null;
  const source = el("p", { class: "source" }, el("cite", {}, foreign(citation.title)), page, badge(citation));
  return el("li", {}, marker, words, source);
}

function badge(citation) {
  const kind = citation.stale ? "stale" : "verbatim";
  const made = el("span", { class: kind, tabindex: "0", role: "note", text: say(kind) });
  addTip(made, () => say(`${kind}_hint`));
  return made;
}

function closestElement(closest, actions) {
  const rows = closest.map((citation) =>
    quoteElement(citation, "", (number, from) => actions.cite(citation, [], from)),
  );
  return el(
    "details",
    { class: "closest" },
    el("summary", { text: say("closest") }),
    el("ol", { class: "quotes" }, ...rows),
  );
}

function footElement(turn, actions) {
  const foot = el("div", { class: "foot" });
  if (turn.confidence) {
    const { words, percent } = turn.confidence;
    const hint = say("confidence_hint", { percent });
    const sure = el("span", { class: "confidence", tabindex: "0", role: "note", "aria-label": `${words}. ${hint}`, text: words });
    addTip(sure, () => hint);
    foot.append(sure);
  }
  const place = el("div", { class: "rating" });
  const verdict = turn.rating?.verdict ?? "";
  const thumbs = ["up", "down"].map((which) => {
    const press = () => actions.rate(turn, turn.rating?.verdict === which ? "" : which, place);
    return iconButton(which, say(`rate_${which}`), press, { "aria-pressed": String(verdict === which), class: `rate-${which}` });
  });
  foot.append(
    el(
      "div",
      { class: "actions", role: "group", "aria-label": say("actions_label") },
      iconButton("copy", say("copy"), () => actions.copy(turn), { class: "copy" }),
      iconButton("again", say("again"), () => actions.again(turn), { class: "again" }),
      ...thumbs,
    ),
  );
  if (turn.left_out.length) {
    const leftOut = el("span", { class: "left-out", tabindex: "0", role: "note", text: leftOutText(turn.left_out) });
    addTip(leftOut, () => say("left_out_hint"));
    foot.append(el("p", {}, leftOut));
  }
  return el("div", { class: "foot-and-rating" }, foot, place);
}

/** How many sentences were left out and why; of several reasons each with its own number. */
function leftOutText(leftOut) {
  const all = leftOut.reduce((sum, { count }) => sum + count, 0);
  const whys = leftOut.map(({ reason, count }) => {
    const why = say(`reason_${reason}`);
    return leftOut.length > 1 ? say("left_out_part", { count, why }) : why;
  });
  return sayCount("left_out", all, { why: whys.join(", ") });
}

/**
 * Put a turn into the place of another of the same answer; who was at one of its markers is at the same one now.
 * @param {HTMLElement} before
 * @param {HTMLElement} after
 */
export function replaceTurn(before, after) {
  const markers = after.querySelectorAll(".marker");
  const focused = document.activeElement;
  before.querySelectorAll(".marker").forEach((marker, n) => markers[n] && successorOf.set(marker, markers[n]));
  before.replaceWith(after);
  successorOf.get(focused)?.focus({ preventScroll: true });
}

/**
 * Show of each quote whether it still stands.
 * @param {HTMLElement} shown a turn as it is shown
 * @param {Object} turn the same turn as the server gives it now
 */
export function showStaleness(shown, turn) {
  const now = [...turn.citations, ...turn.closest];
  shown.querySelectorAll(".quotes .quote").forEach((words, n) => {
    const citation = citationOf.get(words);
    if (citation.stale !== now[n].stale) {
      citation.stale = now[n].stale;
      words.parentElement.querySelector(".verbatim, .stale").replaceWith(badge(citation));
    }
  });
}

/** Show on a turn's thumbs what it is rated. */
export function showRating(turn, place) {
  for (const which of ["up", "down"]) {
    const thumb = place.parentElement.querySelector(`.rate-${which}`);
    thumb.setAttribute("aria-pressed", String(turn.rating?.verdict === which));
  }
}
