// Short messages at the foot of the page, said to screen readers too; some can be answered ("Undo").
import { byId, el, iconButton } from "./dom.js";
import { say } from "./words.js";

const SHOWN_MS = 7_000;
const SHOWN_WITH_ACTION_MS = 30_000;
const FALLBACKS = ["library-heading", "turns", "article-scroll"]; // who gets the focus when a notice goes that had it

/**
 * Say something.
 * @param {string} text
 * @param {{label: string, on: () => void}} [action] what can be done about it
 */
export function notify(text, action = null) {
  const place = shownPlace();
  const before = document.activeElement;
  let timer = 0;
  const gone = () => {
    clearTimeout(timer);
    const focused = notice.contains(document.activeElement);
    notice.remove();
    if (focused) {
      [before, ...FALLBACKS.map(byId)].find((one) => one !== document.body && one.checkVisibility())?.focus();
    }
  };
  const notice = el("div", { class: "notice" }, el("p", {}, el("bdi", { text })));
  if (action) {
    const act = () => {
      gone();
      action.on();
    };
    notice.append(el("button", { type: "button", class: "quiet", text: action.label, on: { click: act } }));
  }
  notice.append(iconButton("close", say("dismiss"), gone));
  // Who is at it with the mouse or the keyboard is not hurried.
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(gone, action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
  };
  notice.addEventListener("pointerenter", () => clearTimeout(timer));
  notice.addEventListener("focusin", () => clearTimeout(timer));
  notice.addEventListener("pointerleave", wait);
  notice.addEventListener("focusout", wait);
  place.append(notice);
  wait();
}

/** Where notices stand: inside an open dialog, for what lies behind one can't be seen well, reached or heard. */
function shownPlace() {
  const place = byId("notices");
  const dialog = document.querySelector("dialog[open]");
  const host = dialog ?? document.body;
  if (place.parentElement !== host) {
    host.append(place);
    dialog?.addEventListener("close", () => document.body.append(place), { once: true });
  }
  return place;
}
