// The list of questions: built from the data in the page, filtered in place. Foreign text only ever becomes a text node.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const several = data.sets.length > 1;
  const form = document.getElementById("filters");
  const list = document.getElementById("list");
  const FIELDS = ["outcome", "tag", "stage", "change"];
  const KINDS = {
    "right and cited": "good",
    "refused rightly": "good refusal",
    "right, wrong evidence": "near",
    "right, wrong form": "near form",
    wrong: "bad",
    "refused wrongly": "bad refusal",
    "answered what it shouldn't": "bad rash",
    "law broken": "bad law",
    "too slow": "near slow",
  };
  const CITED = 1;
  const EXPECTED = 2;
  const WHOLE = 3; // so many passages are shown whole, marked or not

  /** An element; `given` are attributes, or `on` with handlers; children that are text become text nodes. */
  function el(tag, given = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
      if (name === "on") {
        Object.entries(value).forEach(([event, handler]) => made.addEventListener(event, handler));
      } else if (value !== false && value !== undefined && value !== "") {
        made.setAttribute(name, value === true ? "" : value);
      }
    }
    made.append(...children.flat().filter((child) => child !== undefined && child !== "" && child !== false));
    return made;
  }

  /** Foreign text, which can't reorder what stands around it. */
  const foreign = (text, given = {}) => el("bdi", given, String(text));

  // The state of the view: which set, filters, search, and which question is open. It stands in the address.

  const EMPTY = { set: "", q: "", outcome: "", tag: "", stage: "", change: "", case: "" };
  let state = { ...EMPTY };

  function readAddress() {
    const given = new URLSearchParams(location.hash.slice(1));
    state = { ...EMPTY };
    Object.keys(EMPTY).forEach((key) => (state[key] = given.get(key) ?? ""));
    if (!several || !data.sets.includes(state.set)) state.set = "";
  }

  function writeAddress() {
    const chosen = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
    const address = `#${chosen}`;
    if (location.hash !== address && (location.hash || address !== "#")) history.replaceState(null, "", address);
  }

  // Rows: one for each question, its inside built when it is opened

  const name = (one) => (several ? `${data.sets[one.set]}/${one.id}` : one.id);

  function row(one) {
    const kind = KINDS[one.outcome] ?? "bad";
    const about = [foreign(one.id, { class: "id" })];
    if (several) about.push(foreign(data.sets[one.set], { class: "of" }));
    if (one.stage) about.push(el("span", { class: "stage" }, one.stage));
    (one.tags ?? []).forEach((tag) => about.push(foreign(tag, { class: "tag" })));
    const changed = one.change && one.change !== "as before";
    const head = el(
      "summary",
      {},
      el("span", { class: `outcome ${kind}` }, el("i", { class: `dot ${kind}` }), one.outcome),
      el(
        "span",
        { class: "asked" },
        one.turn ? el("span", { class: "turn" }, `turn ${one.turn} `) : "",
        foreign(one.question),
        el("span", { class: "about" }, about),
      ),
      changed ? el("span", { class: `change ${one.change.replaceAll(" ", "-")}` }, changeOf(one)) : "",
    );
    const details = el("details", {}, head);
    details.addEventListener("toggle", () => opened(one, details));
    return el("li", { class: "case" }, details);
  }

  const changeOf = (one) => (one.before && one.before !== one.outcome ? `${one.change}: was ${one.before}` : one.change);

  function fill(one, details) {
    if (details.children.length === 1) details.append(inside(one));
  }

  function opened(one, details) {
    if (details.open) fill(one, details);
    if (details.open) state.case = name(one);
    else if (state.case === name(one)) state.case = "";
    writeAddress();
  }

  // The inside of a question

  function inside(one) {
    return el(
      "div",
      { class: "inside" },
      facts(one),
      el("div", { class: "sides" }, el("div", {}, el("h4", {}, "Expected"), expected(one)), el("div", {}, el("h4", {}, "Got"), got(one))),
      passages(one),
    );
  }

  function facts(one) {
    const rows = [
      ["Broke at", one.stage && el("b", {}, one.stage)],
      ["Reason", one.reason && foreign(one.reason)],
      ["Searched for", one.standalone && foreign(one.standalone)],
      ["In the set’s file", one.line && `line ${one.line}`],
      ["Note", one.note && foreign(one.note, { class: "lines" })],
      ["In the baseline", one.before || (one.change && "it was not there")],
    ];
    return pairs(rows);
  }

  function pairs(rows) {
    const shown = rows.filter(([, value]) => value);
    return shown.length ? el("dl", {}, shown.map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]).flat()) : "";
  }

  function expected(one) {
    const missed = new Set(one.missed ?? []);
    const quotes = (one.evidence ?? []).map((quote, n) =>
      el("li", {}, el("u", { class: "expected" }, foreign(quote)), missed.has(n) ? el("span", { class: "hint" }, " in no passage found") : ""),
    );
    const words = (texts) => el("ul", { class: "wordings" }, texts.map((text) => el("li", {}, foreign(text))));
    return el(
      "div",
      {},
      one.refuse ? el("p", {}, "A refusal: the articles don’t say.") : "",
      one.answers ? [el("h5", {}, one.answers.length > 1 ? "One of these wordings" : "This wording"), words(one.answers)] : "",
      quotes.length ? [el("h5", {}, evidenceTitle(one)), el("ul", {}, quotes)] : "",
      one.verdict ? el("p", {}, "The verdict ", el("b", {}, one.verdict), ".") : "",
      one.kind ? el("p", {}, "Understood as ", el("b", {}, one.kind), ".") : "",
      one.never ? [el("h5", {}, "It must not say"), words(one.never)] : "",
      one.limit ? el("p", { class: "hint" }, `Within ${one.limit} s.`) : "",
    );
  }

  function evidenceTitle(one) {
    const mode = one.quoting || (one.evidence.length > 1 ? "any of these" : "");
    return mode ? `Evidence, ${mode}` : "Evidence";
  }

  function got(one) {
    const measured = [`confidence ${one.confidence}`];
    if (one.understood) measured.push(`understood as ${one.understood}`);
    if (one.seconds) measured.push(`${one.seconds} s`);
    const dropped = (one.dropped ?? []).map(([text, reason, detail]) =>
      el("li", {}, foreign(text), el("span", { class: "hint" }, " ", foreign(detail ? `${reason}: ${detail}` : reason))),
    );
    return el(
      "div",
      {},
      one.notice ? el("p", { class: "hint" }, foreign(one.notice)) : "",
      one.decided ? el("p", { class: "said" }, el("b", {}, one.decided === "yes" ? "Yes." : "No.")) : "",
      laidOut(one),
      one.message ? el("p", { class: "said refusal" }, foreign(one.message)) : "",
      one.matched ? el("p", { class: "hint" }, foreign(one.matched)) : "",
      dropped.length ? [el("h5", {}, "Could not be proven"), el("ul", {}, dropped)] : "",
      el("p", { class: "hint" }, measured.join(" · ")),
    );
  }

  /** The sentences of an answer, part by part: what each answers, its remarks, its sentences. */
  function laidOut(one) {
    const said = (one.said ?? []).map(([text, keys, numbers]) => el("p", { class: "said" }, keyed(text, keys), numbers.map((n) => marker(n))));
    const remarks = (texts) => texts.map((text) => el("p", { class: "hint" }, foreign(text)));
    const parts = (one.parts ?? []).map(([count, heading, before, after]) => [
      heading ? el("h5", {}, foreign(heading)) : "",
      remarks(before),
      said.splice(0, count),
      remarks(after),
    ]);
    return [parts, said].flat(3);
  }

  /** A sentence, the words in it that answer in bold. */
  function keyed(text, keys) {
    const spans = keys.map((key) => [text.indexOf(key), key]).filter(([at]) => at >= 0);
    const parts = [];
    let done = 0;
    for (const [at, key] of spans.sort(([first], [second]) => first - second)) {
      if (at < done) continue;
      parts.push(text.slice(done, at), el("b", {}, key));
      done = at + key.length;
    }
    return el("bdi", {}, parts, text.slice(done));
  }

  function marker(n) {
    const show = (event) => {
      const place = event.currentTarget.closest(".inside").querySelector(`[data-cited~="${n}"]`);
      place?.scrollIntoView({ block: "center" });
      place?.focus({ preventScroll: true });
    };
    return el("button", { type: "button", class: "marker", "aria-label": `Show citation ${n}`, on: { click: show } }, `[${n}]`);
  }

  function passages(one) {
    const beside = (one.beside ?? []).map(([n, title, quote]) =>
      el(
        "li",
        {},
        el("p", { class: "source" }, foreign(title), el("span", { class: "flag" }, "cited, but not whole in any passage found")),
        el("p", { class: "text" }, el("mark", { class: "cited", "data-cited": n, tabindex: -1 }, foreign(quote), el("sup", {}, n))),
      ),
    );
    const titles = new Set((one.found ?? []).map(([number]) => data.passages[number][0]));
    const found = (one.found ?? []).map((each, n) => passage(each, n + 1, titles.size > 1));
    if (!found.length && !beside.length) return el("p", { class: "hint" }, "No passage was found.");
    const from = titles.size === 1 ? [" in ", foreign([...titles][0], { class: "title" })] : "";
    return el("div", {}, el("h4", {}, "Passages found", from, ", best first"), el("ol", { class: "passages" }, found, beside));
  }

  function passage([number, score, searched, marks], rank, titled) {
    const [title, start, end, text] = data.passages[number];
    const kinds = marks.reduce((all, [, , kind]) => all | kind, 0);
    const flags = [];
    if (kinds & EXPECTED) flags.push(el("span", { class: "flag expected-flag" }, "expected evidence"));
    if (kinds & CITED) flags.push(el("span", { class: "flag cited-flag" }, "cited"));
    const place = `characters ${start}–${end}`;
    const where = [searched && searched !== rank ? `search ranked it ${searched}` : "", `score ${score}`, place].filter(Boolean).join(" · ");
    const kind = marks.length ? "marked" : rank > WHOLE ? "rest" : "";
    return el(
      "li",
      { class: kind },
      el("p", { class: "source" }, el("b", {}, `${rank}`), titled && foreign(title), flags, el("span", {}, where)),
      el("p", { class: "text" }, el("bdi", {}, marks.length ? marked(text, marks) : text)),
    );
  }

  /** A passage's text with its marks. They count characters as Unicode does, and JavaScript's own count is another. */
  function marked(text, marks) {
    const characters = Array.from(text);
    const slice = (from, to) => characters.slice(from, to).join("");
    const parts = [];
    let done = 0;
    for (const [start, end, kind, numbers] of marks) {
      parts.push(slice(done, start));
      let part = slice(start, end);
      if (kind & EXPECTED) part = el("u", { class: "expected" }, part);
      if (kind & CITED) {
        const given = { class: "cited", "data-cited": numbers.join(" "), tabindex: -1 };
        part = el("mark", given, part, end === marks.at(-1)[1] || !continues(marks, end, numbers) ? el("sup", {}, numbers.join(",")) : "");
      }
      parts.push(part);
      done = end;
    }
    parts.push(slice(done));
    return parts;
  }

  /** Whether a citation goes on after this place: its number is written where it ends. */
  const continues = (marks, end, numbers) =>
    marks.some(([start, , kind, others]) => start === end && kind & CITED && others.join() === numbers.join());

  // The list

  const entries = [];
  const dialogues = [];

  function build() {
    let current;
    const rows = document.createDocumentFragment();
    for (const one of data.cases) {
      const item = row(one);
      const entry = { one, item, words: "" };
      entries.push(entry);
      if (!one.dialogue) {
        current = undefined;
        rows.append(item);
        continue;
      }
      if (!current || current.id !== one.dialogue || current.set !== one.set) {
        const turns = el("ol", {});
        const whole = el("li", { class: "dialogue" }, el("p", { class: "dialogue-name" }, "Dialogue ", foreign(one.dialogue)), turns);
        current = { id: one.dialogue, set: one.set, item: whole, turns, entries: [] };
        dialogues.push(current);
        rows.append(whole);
      }
      current.entries.push(entry);
      current.turns.append(item);
    }
    list.append(rows);
  }

  /** All of a question that can be searched for, in lower case. */
  function words(entry) {
    const one = entry.one;
    if (!entry.words) {
      const said = (one.said ?? []).map(([text]) => text);
      const all = [one.id, one.question, one.standalone, one.message, one.note, one.reason, ...said, ...(one.answers ?? []), ...(one.evidence ?? [])];
      entry.words = all.filter(Boolean).join("\n").toLowerCase();
    }
    return entry.words;
  }

  function fits(entry, wanted) {
    const one = entry.one;
    return (
      (!state.set || data.sets[one.set] === state.set) &&
      (!state.outcome || (state.outcome === "not right" ? !one.right : one.outcome === state.outcome)) &&
      (!state.tag || (one.tags ?? []).includes(state.tag)) &&
      (!state.stage || one.stage === state.stage) &&
      (!state.change || one.change === state.change) &&
      wanted.every((word) => words(entry).includes(word))
    );
  }

  function filter() {
    const wanted = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const entry of entries) {
      entry.fits = fits(entry, wanted);
      n += entry.fits;
      if (!entry.one.dialogue) entry.item.hidden = !entry.fits;
    }
    for (const dialogue of dialogues) {
      dialogue.item.hidden = !dialogue.entries.some((entry) => entry.fits);
      // A turn alone says little: the others stay, but stand back.
      dialogue.entries.forEach((entry) => entry.item.classList.toggle("context", !entry.fits));
    }
    const all = entries.length.toLocaleString("en");
    document.getElementById("count").textContent = n === entries.length ? `All ${all} questions` : `${n.toLocaleString("en")} of ${all} questions`;
    document.getElementById("none").hidden = n > 0;
    document.getElementById("clear").hidden = !["q", ...FIELDS].some((key) => state[key]);
  }

  function chooseSet() {
    for (const part of document.querySelectorAll(".set")) part.hidden = several && part.dataset.set !== chosenSet();
    for (const link of document.querySelectorAll(".choice a")) {
      if (link.dataset.set === chosenSet()) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  const chosenSet = () => (state.set ? String(data.sets.indexOf(state.set)) : "");

  function show() {
    form.elements.q.value = state.q;
    FIELDS.forEach((key) => form.elements[key] && (form.elements[key].value = state[key]));
    chooseSet();
    filter();
    const open = state.case && entries.find((entry) => name(entry.one) === state.case);
    if (open && (open.fits || open.one.dialogue)) {
      fill(open.one, open.item.firstChild); // before it is scrolled to: what has no height yet can't be
      open.item.firstChild.open = true;
      open.item.scrollIntoView({ block: "start" });
    } else if (["q", ...FIELDS].some((key) => state[key])) {
      document.getElementById("questions").scrollIntoView({ block: "start" });
    }
  }

  function changed() {
    state.q = form.elements.q.value;
    FIELDS.forEach((key) => (state[key] = form.elements[key]?.value ?? ""));
    filter();
    writeAddress();
  }

  build();
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("clear").addEventListener("click", () => {
    form.reset();
    changed();
    form.elements.q.focus();
  });
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    list.focus();
  });
  addEventListener("hashchange", () => {
    readAddress();
    show();
  });
  addEventListener("beforeprint", () => document.querySelectorAll(".card details").forEach((part) => (part.open = true)));
  readAddress();
  show();
})();
