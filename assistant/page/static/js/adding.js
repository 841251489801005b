// Adding articles: files that are chosen or dropped, a link that is fetched, a text that is pasted; progress, and the report of what came of it.
import { byId, el, foreign } from "./dom.js";
import { stream, upload } from "./events.js";
import { notify } from "./notices.js";
import { say, sayCount } from "./words.js";

/** The part of the bar that sending the files takes. */
const SENDING = 0.1;
/** An estimate of the time that is left is told after so long; before, it would jump. */
const SECONDS_TO_TELL = 5;

/** What stands above the list of articles. One adding goes on at a time, and can be stopped. */
export class Adding {
  /**
   * @param {() => Object[]} articles those there are
   * @param {() => void} begun files were chosen, and how far they are is to be seen
   * @param {(event: Object) => void} stored some of what is being added is in the library; the server's event
   * @param {(event: Object) => void} added something was added; the server's last event, with its report
   */
  constructor(articles, begun, stored, added) {
    this._articles = articles;
    this._begun = begun;
    this._stored = stored;
    this._added = added;
    this._report = byId("report");
    this._stop = null;
    this.mostBytes = Infinity;
    byId("files").addEventListener("change", (event) => {
      const files = [...event.target.files];
      event.target.value = "";
      this._addFiles(files);
    });
    byId("paste-form").addEventListener("submit", (event) => this._addText(event));
    byId("link-form").addEventListener("submit", (event) => this._addLink(event));
    byId("link").addEventListener("input", nameHost);
    byId("add-cancel").addEventListener("click", () => this._stop?.abort());
    this._takeDrops(byId("reading"));
  }

  async _addFiles(files) {
    if (!files.length || !this._free()) {
      return;
    }
    this._begun();
    const skipped = [];
    const known = new Set(this._articles().map((article) => article.source));
    const compared = files.some((file) => known.has(file.name)) ? await this._compared(files, skipped) : { sent: null, names: [] };
    if (!compared) {
      return;
    }
    const sameName = compared.names.length ? await askSameName(compared.names) : "replace";
    if (!sameName) {
      compared.sent.length && (await forget(compared.sent));
      return;
    }
    await this._add(async (signal) => {
      const sent = compared.sent ?? (await this._send(files, skipped, signal));
      return sent.length ? stream("add_articles", [sent, sameName], signal) : [];
    }, skipped);
  }

  /** Send files, and find those that differ from the articles of their names; null if that came to nothing. */
  _compared(files, skipped) {
    return this._working(async (signal) => {
      const sent = await this._send(files, skipped, signal);
      let names = [];
      for await (const event of sent.length ? stream("compare_files", [sent], signal) : []) {
        if (event.event === "comparing") {
          this._show(say("comparing", { name: event.name }), SENDING);
        } else if (event.event === "compared") {
          names = event.names;
        } else if (event.event === "failed") {
          throw new Error(event.message);
        }
      }
      return { sent, names };
    });
  }

  async _addText(event) {
    event.preventDefault();
    const text = byId("paste-text").value;
    const title = byId("paste-title").value;
    if (!text.trim() || !this._free()) {
      return;
    }
    if (await this._add(async (signal) => stream("add_text", [title, text], signal), [])) {
      byId("paste-text").value = byId("paste-title").value = "";
      byId("paste").open = false;
    }
  }

  async _addLink(event) {
    event.preventDefault();
    const url = byId("link").value.trim();
    if (!this._free()) {
      return;
    }
    await this._add(async (signal) => stream("add_link", [url], signal), []);
    // An address with a mistake is kept, to be mended.
    if (!this._report.querySelector(".warning")) {
      byId("link").value = "";
      nameHost();
    }
  }

  _free() {
    if (this._stop) {
      notify(say("adding_already"));
    }
    return !this._stop;
  }

  /** Send files one by one; one that can't be sent is skipped with its reason, the others go on. */
  async _send(files, skipped, signal) {
    const sent = [];
    const all = Math.max(1, files.reduce((sum, file) => sum + file.size, 0));
    let before = 0;
    this._sending = SENDING;
    for (const file of files) {
      const progress = (part) => this._show(say("uploading", { name: file.name }), (SENDING * (before + part * file.size)) / all);
      progress(0);
      try {
        if (file.size > this.mostBytes) {
          throw new Error(say("file_too_large", { size: megabytes(file.size), limit: megabytes(this.mostBytes) }));
        }
        sent.push(await upload(file, progress, signal));
      } catch (error) {
        if (error.name === "AbortError") {
          throw error;
        }
        skipped.push({ name: file.name, reason: error.message });
      }
      before += file.size;
    }
    return sent;
  }

  /** Go through an adding with its progress and its report; whether something came of it. */
  async _add(begin, skipped) {
    const added = await this._working(async (signal) => {
      let last = null;
      for await (const event of await begin(signal)) {
        last = event;
        if (event.event === "progress") {
          const text = event.name ? say("adding_name", { name: event.name }) : say("adding");
          this._progress(text, event.done / Math.max(1, event.total));
        } else if (event.event === "stored") {
          this._stored(event);
        }
      }
      if (last?.event === "added") {
        last.report.skipped.push(...skipped);
        this._added(last);
      } else if (last || !skipped.length) {
        throw new Error(last?.message ?? say("failed"));
      }
      this._tell(last?.report ?? { added: [], replaced: [], unchanged: [], skipped });
      return last;
    });
    return added !== null;
  }

  /** Do something that can be stopped and shows how far it is; what it gives, or null if it was stopped or failed. */
  async _working(work) {
    this._stop = new AbortController();
    this._sending = 0;
    this._began = 0;
    this._report.replaceChildren();
    this._show(say("adding"), null);
    try {
      return await work(this._stop.signal);
    } catch (error) {
      const text = error.name === "AbortError" ? say("stopped") : error.message;
      this._report.replaceChildren(el("p", { class: "warning", text }));
      return null;
    } finally {
      this._stop = null;
      byId("progress").hidden = true;
    }
  }

  /** How far the adding itself is; with what is left of the time, as soon as that can be told. */
  _progress(text, part) {
    this._began ||= performance.now();
    const seconds = (performance.now() - this._began) / 1000;
    const minutes = Math.ceil((seconds / part - seconds) / 60);
    const left = seconds > SECONDS_TO_TELL && part > 0 && part < 1 ? ` ${sayCount("minutes_left", minutes)}` : "";
    this._show(text + left, this._sending + (1 - this._sending) * part);
  }

  _show(text, part) {
    const bar = byId("progress-bar");
    byId("progress").hidden = false;
    byId("progress-text").replaceChildren(foreign(text));
    part === null ? bar.removeAttribute("value") : (bar.value = part);
  }

  _tell(report) {
    const titles = (kind) => report[kind].map((article) => article.title).join(", ");
    const lines = ["added", "replaced", "unchanged"]
      .filter((kind) => report[kind].length)
      .map((kind) => el("li", {}, `${say(`report_${kind}`)} `, foreign(titles(kind))));
    const skipped = report.skipped.map(({ name, reason }) =>
      // Most reasons begin with the file's name.
      el("li", { class: "warning" }, `${say("report_skipped")} `, foreign(reason.startsWith(name) ? reason : `${name}: ${reason}`)),
    );
    this._report.replaceChildren(el("ul", {}, ...lines, ...skipped));
  }

  _takeDrops(target) {
    const files = (event) => event.dataTransfer?.types.includes("Files") && !byId("add").hidden;
    target.addEventListener("dragover", (event) => {
      if (files(event)) {
        event.preventDefault();
        target.classList.add("dropping");
      }
    });
    target.addEventListener("dragleave", (event) => {
      if (!target.contains(event.relatedTarget)) {
        target.classList.remove("dropping");
      }
    });
    target.addEventListener("drop", (event) => {
      if (files(event)) {
        event.preventDefault();
        target.classList.remove("dropping");
        this._addFiles([...event.dataTransfer.files]);
      }
    });
  }
}

/** Let the server delete files that were sent and are not to be added. Where it can't be told, it does so by itself later. */
async function forget(sent) {
  try {
    for await (const _ of stream("add_articles", [sent, ""])) {
      // it has nothing to say
    }
  } catch (error) {
    notify(error.message);
  }
}

/** What to do with files that are named like articles there are: "replace", "keep", or "" for nothing. */
function askSameName(names) {
  const dialog = byId("same-name");
  byId("same-name-text").replaceChildren(
    el("b", {}, foreign(names.join(", "))),
    el("br"),
    sayCount("same_name", names.length),
  );
  dialog.showModal();
  // Not "close": it comes late, when the dialog may be open again for other files and would take it for their answer.
  return new Promise((resolve) => {
    const answered = new AbortController();
    const answer = (choice) => {
      answered.abort();
      resolve(choice);
    };
    dialog.addEventListener("submit", (event) => answer(event.submitter.value), { signal: answered.signal });
    dialog.addEventListener("cancel", () => answer(""), { signal: answered.signal });
  });
}

/** The click on "Fetch" is the user's leave to go to the network, so the button says where to. */
function nameHost() {
  const { value } = byId("link");
  const host = URL.canParse(value) ? new URL(value).host : "";
  byId("link-fetch").textContent = host ? say("link_fetch_from", { host }) : say("link_fetch");
}

const megabytes = (bytes) => (bytes / 1024 / 1024).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
