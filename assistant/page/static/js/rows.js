// What takes the place of a list's row while it is renamed, or about to be deleted.
import { el } from "./dom.js";
import { notify } from "./notices.js";
import { say } from "./words.js";

/**
 * Let a row be renamed.
 * @param {HTMLElement} row
 * @param {string} name what it is called now
 * @param {(name: string) => Promise<void>} save
 * @param {(focus: boolean) => void} back shows the row as it was
 */
export function renameIn(row, name, save, back) {
  const input = el("input", { type: "text", value: name, maxlength: 200, "aria-label": say("rename") });
  const form = el("form", { class: "row" }, input, el("button", { class: "primary small", text: say("save") }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    told(() => save(input.value));
  });
  backOnEscape(form, back);
  row.replaceChildren(form);
  input.select();
  input.focus();
}

/**
 * Ask whether a row is to be deleted.
 * @param {HTMLElement} row
 * @param {() => Promise<void>} remove
 * @param {(focus: boolean) => void} back shows the row as it was
 */
export function deleteIn(row, remove, back) {
  const sure = el("button", { type: "button", class: "danger small", text: say("delete"), on: { click: () => told(remove) } });
  const cancel = el("button", { type: "button", class: "quiet", text: say("cancel"), on: { click: () => back(true) } });
  const form = el("div", { class: "row", role: "group", "aria-label": say("delete_sure") });
  form.append(el("span", { class: "hint", text: say("delete_sure") }), sure, cancel);
  backOnEscape(form, back);
  row.replaceChildren(form);
  cancel.focus();
}

/**
 * Show other rows; the focus stays where it is, though they are new.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} rows each with its own `data-id`
 * @param {HTMLElement[]} [rest] what is shown where there are none
 */
export function showRows(list, rows, rest = []) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const id = focused?.closest("li").dataset.id;
  const name = focused?.getAttribute("aria-label");
  list.replaceChildren(...(rows.length ? rows : rest));
  const same = id && rows.find((row) => row.dataset.id === id);
  same && [...same.children].find((child) => child.getAttribute("aria-label") === name)?.focus();
}

async function told(act) {
  try {
    await act();
  } catch (error) {
    notify(error.message);
  }
}

/** Escape leaves what is being edited, not what is around it. */
function backOnEscape(element, back) {
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      back(true);
    }
  });
}
