// What the browser remembers between visits. One that keeps nothing (a private window, say) remembers for as long as the page lives.

/** A text under a name. */
export class Memory {
  /**
   * @param {string} key
   * @param {{tab?: boolean}} [options] tab = one tab's own first, so that two tabs may remember two things
   */
  constructor(key, { tab = false } = {}) {
    this._key = key;
    this._tab = tab;
    this._held = "";
  }

  /** What is remembered; "" for nothing. */
  get() {
    try {
      const ofTab = this._tab ? sessionStorage.getItem(this._key) : null;
      return ofTab ?? localStorage.getItem(this._key) ?? this._held;
    } catch {
      return this._held;
    }
  }

  set(value) {
    this._held = value;
    try {
      localStorage.setItem(this._key, value);
      this._tab && sessionStorage.setItem(this._key, value);
    } catch {
      // Kept in this object alone.
    }
  }
}
