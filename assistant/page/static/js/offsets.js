// Offsets in Footnote count Unicode code points; JavaScript's strings count UTF-16 units. Here they meet.

const ASTRAL = /[\u{10000}-\u{10ffff}]/gu;

/** A text that is sliced and measured in code points. */
export class CountedText {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this._units = [...text.matchAll(ASTRAL)].map((found) => found.index);
    this._points = this._units.map((unit, before) => unit - before);
  }

  /** Code points in all. */
  get length() {
    return this.text.length - this._units.length;
  }

  /** The words from one code point up to another, exclusive. */
  slice(start, end) {
    return this.text.slice(this.unit(start), this.unit(end));
  }

  /** Where a code point stands in the JavaScript string. */
  unit(point) {
    return point + countBelow(this._points, point);
  }

  /** Which code point stands at a place of the JavaScript string. */
  point(unit) {
    return unit - countBelow(this._units, unit);
  }
}

/** How many of the sorted numbers are smaller. */
function countBelow(sorted, limit) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < limit) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** How many code points a string has. */
export const points = (text) => new CountedText(text).length;
