// Puts the parts of the page together: who tells whom.
import { ArticlePane } from "./article.js";
import { Chat } from "./chat.js";
import { Conversations } from "./conversations.js";
import { byId, el, isWide } from "./dom.js";
import { quick, stream } from "./events.js";
import { unfold } from "./layout.js";
import { LibraryView } from "./library.js";
import { Memory } from "./memory.js";
import { notify } from "./notices.js";
import { PagePicture } from "./picture.js";
import { answeringOf, citationOf } from "./quotes.js";
import { Ratings } from "./rating.js";
import { SelectionBar, watchSelection } from "./selection.js";
import { showRating, successorOf } from "./turn.js";
import { say } from "./words.js";

const place = `footnote-${document.documentElement.dataset.library}`;
const visitor = rememberedVisitor();
const scroller = byId("article-scroll");
const pane = new ArticlePane(byId("article"), byId("article-notice"));
new PagePicture(pane);
const library = new LibraryView();
const chat = new Chat(visitor, new Memory(`${place}-conversation`, { tab: true }), () => library.scope, { cite, copy, rate });
const conversations = new Conversations(visitor, chat);
const ratings = new Ratings(visitor, () => chat.id, showRating, () => conversations.export("cases"));
const bar = new SelectionBar({ ask: askAbout, expect: (chosen) => ratings.chosen(chosen) });
const SILENCE_MS = 300;
let cameFrom = null;

/** A random name that only this browser knows; the conversations are kept under it. */
function rememberedVisitor() {
  const memory = new Memory(`${place}-visitor`);
  if (!memory.get()) {
    const bytes = crypto.getRandomValues(new Uint8Array(24));
    memory.set(btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_"));
  }
  return memory.get();
}

// Panes

/** On a narrow screen, which of the two panes is seen; on a wide one both are. */
function showPane(name) {
  document.body.dataset.pane = name;
  byId("show-chat").setAttribute("aria-pressed", String(name === "chat"));
  byId("show-reading").setAttribute("aria-pressed", String(name === "reading"));
}

/** In the reading pane, the list of articles or one article. */
function showReading(name) {
  byId("library").hidden = name !== "library";
  byId("article-view").hidden = name !== "article";
}

async function openArticle(id) {
  showReading("article");
  showPane("reading");
  scroller.focus();
  await pane.open(id);
}

// Citations

async function cite(citation, others, from) {
  cameFrom = from;
  byId("back-to-answer").hidden = false;
  showReading("article");
  showPane("reading");
  const lit = await pane.show(citation, others);
  (lit ?? scroller).focus({ preventScroll: true });
}

function backToAnswer() {
  showPane("chat");
  byId("back-to-answer").hidden = true;
  const marker = successorOf.get(cameFrom) ?? cameFrom;
  if (marker?.isConnected) {
    unfold(marker);
    marker.focus();
    marker.scrollIntoView({ block: "nearest" });
  }
  cameFrom = null;
}

/**
 * A new answer's proof: fetched on any screen, and shown where there is room for it beside the answer; not to somebody who
 * has chosen another of its quotes while the answer came.
 */
async function showProof({ turn, cited }) {
  const first = turn.sentences.length ? answeringOf(turn.sentences[0], turn.citations) : turn.citations[0];
  const others = turn.citations.filter((citation) => citation !== first);
  turn.citations.concat(turn.closest).forEach((citation) => pane.prefetch(citation.article_id));
  if (first && isWide() && !cited) {
    showReading("article");
    await pane.show(first, others);
  }
}

// Selections

async function support(words, answer) {
  const quotes = [...answer.querySelectorAll("blockquote.quote")].map((quote) => citationOf.get(quote));
  const inside = quotes.find((citation) => citation.quote.includes(words));
  try {
    const found = inside ?? (await quick("find_support", words, library.scope));
    if (!found) {
      notify(say("no_support"));
      return;
    }
    if (!isWide()) {
      notify(say("support_found"), { label: say("show"), on: () => lightSupport(found) });
      return;
    }
    await lightSupport(found);
  } catch (error) {
    notify(error.message);
  }
}

async function lightSupport(found) {
  showReading("article");
  showPane("reading");
  await pane.show(found, [], "support");
  byId("said").textContent = say("support_shown");
}

function askAbout({ quote }) {
  showPane("chat");
  chat.suggest(say("ask_about_question", { words: quote.replace(/\s+/g, " ") }));
}

// Turns

async function copy(turn) {
  try {
    await copied(turn.markdown);
    notify(say("copied"));
  } catch {
    notify(say("not_copied"));
  }
}

/** The clipboard is closed to pages that are reached over plain http by another name than localhost; the old way is not. */
async function copied(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = el("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) {
    throw new Error("not copied");
  }
}

function rate(turn, verdict, where) {
  return ratings.rate(turn, verdict, where);
}

// The start

async function begin() {
  // While Gradio itself is loaded, the server takes events but says nothing yet.
  const silent = setTimeout(() => showState(say("preparing")), SILENCE_MS);
  for await (const state of stream("open_page", [visitor])) {
    clearTimeout(silent);
    showState(state.note ?? state.message ?? "");
    state.event === "failed" && library.failed();
    if (state.event === "ready") {
      await showReady(state);
    }
  }
}

async function showReady(state) {
  library.writable = state.can_write;
  library.links = state.links;
  library.mostBytes = state.limits.file_bytes;
  library.update(state);
  showExamples(state.examples);
  byId("no-model").hidden = state.model;
  if (state.article_count === 1 && !pane.article) {
    showReading("article");
    await pane.open(state.articles[0].id);
  }
}

function showState(text) {
  byId("state").textContent = text;
  byId("state").hidden = !text;
}

function showExamples(questions) {
  const buttons = questions.map((question) =>
    el("li", {}, el("button", { type: "button", class: "example", text: question, on: { click: () => chat.ask(question) } })),
  );
  byId("examples").replaceChildren(...buttons);
  byId("examples").hidden = !buttons.length;
  byId("welcome-hint").textContent = say(library.articles.length ? "welcome_hint" : "welcome_empty");
}

library.root.addEventListener("adding", () => {
  showReading("library");
  showPane("reading");
});
library.root.addEventListener("open-article", (event) => openArticle(event.detail));
library.root.addEventListener("library-changed", ({ detail }) => {
  pane.forget();
  const shown = pane.article?.id;
  if (shown && detail.removed === shown) {
    pane.clear();
  } else if (detail.report?.replaced.some((article) => article.id === shown)) {
    pane.open(shown);
  }
  showExamples(detail.examples);
  chat.refresh();
});
library.root.addEventListener("scope-changed", () => {
  const only = library.scope?.length === 1 && library.scope[0] === pane.article?.id;
  byId("ask-only").setAttribute("aria-pressed", String(only));
});
byId("article").addEventListener("article-set", () => library.root.dispatchEvent(new CustomEvent("scope-changed")));
byId("ask-only").addEventListener("click", () => {
  const only = byId("ask-only").getAttribute("aria-pressed") === "true";
  library.choose(only || !pane.article ? [] : [pane.article.id]);
});
byId("chat").addEventListener("conversation-begun", () => {
  pane.darken();
  byId("back-to-answer").hidden = true;
  cameFrom = null;
});
byId("welcome-add").addEventListener("click", () => byId("files").click());
byId("chat").addEventListener("answered", (event) => showProof(event.detail));
byId("all-articles").addEventListener("click", () => {
  showReading("library");
  byId("library-heading").focus();
});
byId("back-to-answer").addEventListener("click", backToAnswer);
byId("show-chat").addEventListener("click", () => showPane("chat"));
byId("show-reading").addEventListener("click", () => showPane("reading"));
byId("reading").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && cameFrom) {
    backToAnswer();
  }
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, dialog");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    showPane("chat");
    byId("question").focus();
  }
});
watchSelection(pane, support, (place) => bar.show(place, ratings.choosing));

showPane("chat");
byId("question").disabled = false;
if (isWide()) {
  byId("question").focus();
}
Promise.all([chat.restore(), begin()]).catch((error) => {
  library.failed();
  showState(error.message);
});
