// Keeps the newest turn in view and the cursor in the question box. Served from our own origin: the page's policy lets
// no inline script run but Gradio's own.
(() => {
  "use strict";
  let seen = "";
  let asking = false;
  const focus = () => {
    const box = document.querySelector("#fn-ask textarea, #fn-ask input");
    const usable = box !== null && !box.disabled;
    if (usable && !asking && [null, document.body].includes(document.activeElement)) {
      box.focus({ preventScroll: true });
    }
    asking = usable;
  };
  const follow = () => {
    const turns = document.querySelectorAll("#fn-chat .fn-turn");
    const last = turns[turns.length - 1];
    const now = last ? `${turns.length} ${last.querySelector(".fn-answer") !== null}` : "";
    if (now === seen) {
      return;
    }
    seen = now;
    const fits = last && last.offsetHeight < last.closest("#fn-chat").clientHeight;
    last?.scrollIntoView({ block: fits ? "end" : "start" });
  };
  const announce = () => {
    const log = document.querySelector("#fn-chat:not([role])");
    log?.setAttribute("role", "log");
    log?.setAttribute("aria-live", "polite");
  };
  const changed = () => {
    announce();
    focus();
    follow();
  };
  new MutationObserver(changed).observe(document.body, { attributes: true, childList: true, subtree: true });
})();
