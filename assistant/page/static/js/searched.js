// What was searched for, where it is not what was asked: its borrowed words marked, to be corrected or taken back.
import { el, foreign, iconButton } from "./dom.js";
import { CountedText } from "./offsets.js";
import { pieces } from "./quotes.js";
import { say } from "./words.js";

/**
 * The line of a turn.
 * @param {Object} turn as the server gives it (TurnView in assistant/page/events/views.py)
 * @param {import("./turn.js").TurnActions} actions of which it takes `correct`
 */
export function searchedElement(turn, actions) {
  const line = el("div", { class: "searched" });
  const show = () => {
    const edit = editButton(change);
    line.replaceChildren(wordsElement(turn), actionsElement(edit, ownButton(() => actions.correct(turn, turn.question))));
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

/** The same line of a turn whose answer is coming: nothing marked yet, nothing to press, and as large. */
export function comingSearchedElement(searched) {
  const room = actionsElement(editButton(() => {}), ownButton(() => {}));
  room.classList.add("room");
  return el("div", { class: "searched" }, wordsElement({ searched, borrowed: [] }), room);
}

function wordsElement({ searched, borrowed }) {
  const counted = new CountedText(searched);
  const spans = borrowed.map((span) => span.map((point) => counted.unit(point)));
  const mark = (words) => el("mark", { class: "borrowed", title: say("searched_borrowed_hint"), text: words });
  const shown = foreign("");
  shown.append(...pieces(searched, spans, mark));
  const words = spans.map(([start, end]) => searched.slice(start, end)).join(", ");
  const told = words && el("span", { class: "visually-hidden", text: ` (${say("searched_borrowed", { words })})` });
  return el("span", {}, `${say("searched")} `, shown, told || null);
}

const actionsElement = (...buttons) => el("span", { class: "searched-actions" }, ...buttons);

const editButton = (press) => iconButton("edit", say("searched_edit"), press, { class: "edit" });

const ownButton = (press) => el("button", { type: "button", class: "quiet own", text: say("searched_own"), on: { click: press } });
