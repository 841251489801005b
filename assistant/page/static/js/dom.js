// Making and finding elements. Foreign text only ever becomes a text node: nothing here, or anywhere, parses HTML.

/**
 * An element with properties and children.
 * @param {string} tag
 * @param {Object} [properties] `class`, `on` ({event: handler}), `data` ({name: value}), `text`; anything else is an
 *   attribute: true = present, false, null and undefined = absent.
 * @param {...(Node|string|null|undefined|false)} children
 */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "on") {
      Object.entries(value).forEach(([event, handler]) => made.addEventListener(event, handler));
    } else if (name === "data") {
      Object.assign(made.dataset, value);
    } else if (name === "text") {
      made.textContent = value;
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Foreign text that can't reorder what stands around it. */
export const foreign = (text, properties = {}) => el("bdi", { ...properties, text });

/** The one element with this id; an error if the page has none. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`The page has no element #${id}.`);
  }
  return found;
}

/** A button with an icon and a name for those who don't see it; the name shows on hover. Pressed again, it waits its turn. */
export function iconButton(icon, name, on, properties = {}) {
  const { class: extra = "", ...rest } = properties;
  let busy = false;
  const press = async () => {
    if (!busy) {
      busy = true;
      try {
        await on();
      } finally {
        busy = false;
      }
    }
  };
  return el(
    "button",
    { type: "button", class: `icon-button ${extra}`.trim(), "aria-label": name, title: name, on: { click: press }, ...rest },
    drawn(icon),
  );
}

const PATHS = {
  up: "M7 11v9H4v-9zM7 11l4-7c1.5 0 2.3 1 2 2.4L12.4 10H18a2 2 0 0 1 2 2.4l-1.3 6A2 2 0 0 1 16.800 20H7",
  down: "M17 13V4h3v9zM17 13l-4 7c-1.500 0-2.300-1-2-2.400l.6-3.600H6a2 2 0 0 1-2-2.400l1.300-6A2 2 0 0 1 7.200 4H17",
  copy: "M9 9h10v11H9zM5 15V4h10",
  again: "M20 12a8 8 0 1 1-2.500-5.800M20 3v4h-4",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  more: "M4 6h16M4 12h16M4 18h16",
  save: "M12 4v11M7 11l5 5 5-5M5 20h14",
  add: "M12 5v14M5 12h14",
};

/** A line drawing; decoration only, so hidden from screen readers. */
export function drawn(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

/** Whether both panes are seen at once. */
export const isWide = () => matchMedia("(min-width: 60rem)").matches;
