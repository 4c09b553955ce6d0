// The page of a store that is away: ask again and again, ever more slowly, and go on as soon as there is an answer.
// A form is posted again with its own fields, so the same press stays one request. Without this file the button does it.

const FIRST_WAIT_MS = 1500;
const LONGEST_WAIT_MS = 30_000;
const GROWTH = 1.6;
const ANSWER_WITHIN_MS = 8000;
const FORGET_AFTER_MS = 120_000;
const REMEMBERED = "switchyard-retries";

const main = document.querySelector("main[data-retry]");
const form = main.querySelector("form");
const link = main.querySelector("a.button");
let tries = triesOfEarlierPages();
let asking = false;
let timer;

main.querySelector("[data-trying]").hidden = false;
wait();
addEventListener("online", () => tryNow());
document.addEventListener("visibilitychange", () => document.hidden || tryNow());
addEventListener("pageshow", (event) => event.persisted && tryNow());

function wait() {
  clearTimeout(timer);
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * GROWTH ** tries);
  timer = setTimeout(tryNow, longest * (0.75 + Math.random() / 2)); // apart, so that a crowd does not come at once
}

async function tryNow() {
  if (asking || document.hidden) return; // it is tried when somebody looks
  asking = true;
  clearTimeout(timer);
  tries += 1;
  const answers = await isAnswered();
  asking = false;
  if (answers) goOn();
  else wait();
}

async function isAnswered() {
  try {
    const response = await fetch(form ? form.action : link.href, {
      method: form ? "POST" : "GET",
      body: form ? new URLSearchParams(new FormData(form)) : undefined,
      headers: { Accept: "text/html" },
      redirect: "manual", // where it leads is for the browser to open
      cache: "no-store",
      signal: AbortSignal.timeout?.(ANSWER_WITHIN_MS),
    });
    return response.type === "opaqueredirect" || response.status < 500;
  } catch {
    return false;
  }
}

function goOn() {
  remember();
  if (form) form.submit();
  else location.replace(link.href);
}

// A page may answer this script and then not the browser. The waits go on growing where the last page left off.
function triesOfEarlierPages() {
  try {
    const { count, at } = JSON.parse(sessionStorage.getItem(REMEMBERED));
    return Date.now() - at < FORGET_AFTER_MS ? count : 0;
  } catch {
    return 0;
  }
}

function remember() {
  try {
    sessionStorage.setItem(REMEMBERED, JSON.stringify({ count: tries, at: Date.now() }));
  } catch {
    // Storage may be off; then each page begins anew.
  }
}
