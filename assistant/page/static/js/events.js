// The named events that page and server speak through; `assistant/page/events/catalogue.py` declares them. Gradio carries them:
// quick ones are answered at once, the others go through its queue and arrive as a stream.
import { say } from "./words.js";

const API = "/gradio_api";

/** An event that failed, with a sentence for the user. */
export class EventError extends Error {}

/**
 * Call a quick event.
 * @param {string} name
 * @param {...*} args in the order that the server declares
 * @returns {Promise<*>} what the server gives
 * @throws {EventError}
 */
export async function quick(name, ...args) {
  const response = await post(`${API}/run/${name}`, { data: args });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new EventError(body.error || refused(response.status));
  }
  return body.data[0];
}

/**
 * Call a queued event and go through what the server yields. Leaving the loop, or aborting, stops the work on the server.
 * @param {string} name
 * @param {Array} args
 * @param {AbortSignal} [signal]
 * @yields {Object} with the name of what happened under `event`
 * @throws {EventError}
 */
export async function* stream(name, args, signal) {
  const joined = await post(`${API}/call/${name}`, { data: args }, signal);
  if (!joined.ok) {
    throw new EventError(joined.status === 503 ? say("busy") : refused(joined.status));
  }
  const { event_id: id } = await joined.json();
  const response = await reach(`${API}/call/${name}/${id}`, { signal });
  let last = "";
  for await (const [kind, data] of messages(response.body)) {
    if (kind === "error") {
      throw new EventError(data?.error || (typeof data === "string" && data) || say("failed"));
    }
    // The end of a stream repeats the last thing that was said.
    if (data?.[0] && (kind === "generating" || (kind === "complete" && JSON.stringify(data[0]) !== last))) {
      last = JSON.stringify(data[0]);
      yield data[0];
    }
  }
}

/**
 * The page that a citation stands on, as a picture with the quote marked.
 * @param {{article_id: string, start: number, end: number}} citation
 * @returns {Promise<string>} what an image takes as its source
 * @throws {EventError} with the server's own words
 */
export async function picture({ article_id: id, start, end }) {
  const response = await reach(`/page-picture/${id}?start=${start}&end=${end}`);
  if (!response.ok) {
    throw new EventError(response.status === 401 ? say("login") : await response.text());
  }
  const reader = new FileReader();
  const read = new Promise((resolve) => reader.addEventListener("loadend", resolve));
  reader.readAsDataURL(await response.blob());
  await read;
  return reader.result;
}

/**
 * Send one file to the server.
 * @param {File} file
 * @param {(part: number) => void} progress called with 0..1
 * @param {AbortSignal} signal
 * @returns {Promise<{path: string, name: string}>} what `add_articles` takes
 * @throws {EventError}
 */
export function upload(file, progress, signal) {
  // fetch can't tell how much has been sent.
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    // Gradio keeps files of one content and name at one path: two people's uploads have to differ in something.
    body.append("files", file, `${crypto.getRandomValues(new Uint32Array(2)).join("-")}.upload`);
    request.upload.addEventListener("progress", (event) => progress(event.lengthComputable ? event.loaded / event.total : 0));
    request.addEventListener("load", () => {
      if (request.status === 200) {
        resolve({ path: JSON.parse(request.responseText)[0], name: file.name });
      } else {
        reject(new EventError(refused(request.status)));
      }
    });
    request.addEventListener("error", () => reject(new EventError(say("unreachable"))));
    request.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", `${API}/upload`);
    request.send(body);
  });
}

const post = (address, body, signal) =>
  reach(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });

async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : new EventError(say("unreachable"));
  }
}

const refused = (status) => say({ 401: "login", 413: "too_large" }[status] ?? "failed");

/** Server-sent events: [name, data] of each. https://html.spec.whatwg.org/multipage/server-sent-events.html */
async function* messages(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) {
        const kind = /^event: (.*)$/m.exec(part)?.[1];
        const data = /^data: (.*)$/m.exec(part)?.[1];
        yield [kind, data ? JSON.parse(data) : null];
      }
    }
  } catch (error) {
    throw error.name === "AbortError" ? error : new EventError(say("unreachable"));
  } finally {
    reader.cancel().catch(() => {});
  }
}
