// One turn of a conversation: the question, what was searched for, the answer with its numbered quotes, what can be done.
import { drawn, el, foreign, iconButton } from "./dom.js";
import { layoutElements, unfold } from "./layout.js";
import { CountedText } from "./offsets.js";
import { badge, citationOf, quoteElement } from "./quotes.js";
import { searchedElement } from "./searched.js";
import { addTip } from "./tips.js";
import { say, sayCount } from "./words.js";

/** The marker that took another's place when the turn did. */
export const successorOf = new WeakMap();

/**
 * @typedef {Object} TurnActions what a turn can ask for
 * @property {(citation: Object, others: Object[], from: HTMLElement) => void} cite show a citation in its article
 * @property {(turn: Object) => void} again ask the question again
 * @property {(turn: Object, standalone: string) => void} correct ask again with another standalone question
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
    answer.append(...layoutElements(turn, cite));
  }
  if (turn.notice) {
    answer.append(el("p", { class: "remark", role: "note" }, foreign(turn.notice)));
  }
  if (turn.did_you_mean.length) {
    answer.append(meantElement(turn, actions));
  }
  if (turn.status !== "small_talk") {
    answer.append(footElement(turn, actions)); // there is nothing in it to be checked, rated or copied
  }
  return answer;
}

/** The passages nearest to the question, the nearest first, with its words marked: they may help, and are no answer. */
function closestElement(closest, actions) {
  const rows = closest.map((citation) => {
    const counted = new CountedText(citation.quote);
    const spans = citation.marks.map((span) => span.map((point) => counted.unit(point)));
    return quoteElement(citation, spans, (number, from) => actions.cite(citation, [], from));
  });
  return el(
    "div",
    { class: "closest", role: "group", "aria-label": say("closest") },
    el("p", { class: "hint", text: say("closest") }),
    el("ol", { class: "quotes", "aria-label": say("quotes_label") }, ...rows),
  );
}

/** What else may have been meant: a row for each, and a click asks it. */
function meantElement(turn, actions) {
  const rows = turn.did_you_mean.map((other) => {
    const press = () => actions.correct(turn, other);
    const label = `${say("did_you_mean")} ${other}`;
    const button = el("button", { type: "button", class: "example", "aria-label": label, on: { click: press } }, foreign(other));
    return el("p", {}, el("span", { text: say("did_you_mean") }), " ", button);
  });
  return el("div", { class: "meant", role: "group", "aria-label": say("did_you_mean") }, ...rows);
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
  const markers = markersByName(after);
  const focused = document.activeElement;
  markersByName(before).forEach((marker, name) => markers.has(name) && successorOf.set(marker, markers.get(name)));
  before.replaceWith(after);
  const successor = successorOf.get(focused);
  if (successor) {
    unfold(successor);
    successor.focus({ preventScroll: true });
  }
}

/** The markers of a turn by what they stand at: the number and whether it is that of a quote, and the how manieth of these. */
function markersByName(turn) {
  const named = new Map();
  for (const marker of turn.querySelectorAll(".marker")) {
    const name = `${marker.closest(".quotes") ? "quote" : "said"} ${marker.textContent}`;
    const before = [...named.keys()].filter((known) => known.startsWith(`${name} `)).length;
    named.set(`${name} ${before}`, marker);
  }
  return named;
}

/**
 * Show of each quote whether it still stands.
 * @param {HTMLElement} shown a turn as it is shown
 * @param {Object} turn the same turn as the server gives it now
 */
export function showStaleness(shown, turn) {
  const now = new Map([...turn.citations, ...turn.closest].map((citation) => [citation.number, citation]));
  shown.querySelectorAll(".quotes .quote").forEach((words) => {
    const citation = citationOf.get(words);
    const shownBadge = words.parentElement.querySelector(".verbatim, .stale");
    citation.stale = now.get(citation.number).stale;
    const nowBadge = badge(citation); // a citation may have several quotes, so it does not tell what each shows
    shownBadge.className !== nowBadge.className && shownBadge.replaceWith(nowBadge);
  });
}

/** Show on a turn's thumbs what it is rated. */
export function showRating(turn, place) {
  for (const which of ["up", "down"]) {
    const thumb = place.parentElement.querySelector(`.rate-${which}`);
    thumb.setAttribute("aria-pressed", String(turn.rating?.verdict === which));
  }
}
