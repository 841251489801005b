// An article's typed blocks as elements: headings, lists, rows of tables, quotes, notes; and where a page of its source begins.
import { el } from "./dom.js";
import { say } from "./words.js";

const TAGS = { title: "h2", item: "li", row: "li", quote: "blockquote" };
const LISTS = { item: "items", row: "rows" };
const DEEPEST_HEADING = 6;
const DEEPEST_ITEM = 4;

/**
 * The elements of an article. Those of class `block` have exactly the text of their block; all else that is seen, as bullets and
 * numbers of pages, is no text of the article and stands outside of them or in style sheets.
 * @param {{blocks: Object[], counted: import("./offsets.js").CountedText}} article
 * @returns {HTMLElement[]}
 */
export function blockElements({ blocks, counted }) {
  const made = [];
  let list = null;
  blocks.forEach((block, n) => {
    const before = blocks[n - 1];
    const gap = counted.slice(before?.end ?? 0, block.start);
    const turned = block.page && block.page !== before?.page;
    if (turned) {
      made.push(el("p", { class: "page-mark", "aria-label": say("page_number", block), text: say("page_short", block) }));
    }
    const element = blockElement(block, counted, gap);
    if (!(block.kind in LISTS)) {
      list = null;
      made.push(element);
      return;
    }
    if (turned || list?.className !== LISTS[block.kind]) {
      list = el("ul", { class: LISTS[block.kind], role: "list" });
      made.push(list);
    }
    list.append(element);
  });
  return made;
}

function blockElement({ kind, start, end, level }, counted, gap) {
  const tag = kind === "heading" ? `h${Math.min(Math.max(level + 1, 3), DEEPEST_HEADING)}` : (TAGS[kind] ?? "p");
  const looks = [
    "block",
    `block-${kind}`,
    kind === "item" && level > 1 && `level-${Math.min(level, DEEPEST_ITEM)}`,
    kind === "item" && gap.trim() && "bullet",
    start > 0 && !gap.includes("\n\n") && "close",
  ];
  const made = el(tag, { class: looks.filter(Boolean).join(" "), dir: "auto", data: { start, end } });
  made.append(counted.slice(start, end));
  return made;
}
