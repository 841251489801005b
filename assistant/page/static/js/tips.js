// What shows on hover and on focus: the quote behind a marker, the figure behind a word. Escape puts it away.
import { el } from "./dom.js";

const tip = el("div", { id: "tip", role: "tooltip", hidden: true });
document.body.append(tip);
let shownFor = null;

/**
 * Give an element a tip.
 * @param {HTMLElement} element
 * @param {() => (string|Node)} content made when it is needed
 */
export function addTip(element, content) {
  const show = () => showTip(element, content());
  element.addEventListener("mouseenter", show);
  element.addEventListener("focus", show);
  element.addEventListener("mouseleave", hideTip);
  element.addEventListener("blur", hideTip);
  element.addEventListener("click", hideTip);
}

function showTip(element, content) {
  shownFor = element;
  tip.replaceChildren(content);
  tip.hidden = false;
  element.setAttribute("aria-describedby", "tip");
  const at = element.getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left + at.width / 2 - size.width / 2), innerWidth - size.width - 8);
  const above = at.top - size.height - 8;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}

function hideTip() {
  shownFor?.removeAttribute("aria-describedby");
  shownFor = null;
  tip.hidden = true;
}

document.addEventListener("keydown", (event) => event.key === "Escape" && hideTip());
document.addEventListener("scroll", hideTip, true);
