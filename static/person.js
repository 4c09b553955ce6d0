// The live half of a person's own page: whenever it no longer shows what is true, fetch it again and swap it in place.
// The server names what is true now when a stream begins, with each change, and every fifteen seconds: so nothing is
// missed while a phone slept, and a stream that says nothing is dead, whatever it looks like.

const SILENT_AFTER_MS = 40_000;
const FIRST_EVENT_WITHIN_MS = 5000;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 60_000;
const ANSWER_WITHIN_MS = 8000;
const STATES = ["reserved", "confirmed", "moving", "opted_out", "waitlisted", "gone"];

const announcer = document.querySelector("[data-announce]");
let main = document.querySelector("main[data-events]");
let source;
let watchdog;
let failures = 0;
let renewing = false;
let asked = false;
let answered = ""; // the last news for which the page was fetched: if page and stream disagree, it is fetched once

listen();
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
addEventListener("pageshow", (event) => event.persisted && listen());
addEventListener("online", listen);
addEventListener("pagehide", stop); // an open stream would keep this page out of the back-forward cache

function listen() {
  stop();
  if (!main || document.hidden) return;
  if (!("EventSource" in window)) return void lookAgain();
  source = new EventSource(main.dataset.events);
  for (const state of STATES) source.addEventListener(state, hear);
  source.addEventListener("error", (event) => event.target.readyState === EventSource.CLOSED && lookAgain());
  expectWithin(FIRST_EVENT_WITHIN_MS);
}

function stop() {
  clearTimeout(watchdog);
  source?.close();
}

function expectWithin(time) {
  clearTimeout(watchdog);
  watchdog = setTimeout(lookAgain, time);
}

function hear(event) {
  failures = 0;
  expectWithin(SILENT_AFTER_MS);
  showLive(true);
  const { shown } = JSON.parse(event.data);
  if (event.type !== "gone" && (shown === main.dataset.shown || shown === answered)) return;
  renew(shown);
}

// The stream is lost, or kept back by something on the way: look by itself, ever more slowly, and try the stream again.
async function lookAgain() {
  stop();
  showLive(false);
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++);
  await renew();
  watchdog = setTimeout(listen, wait * (0.75 + Math.random() / 2));
}

async function renew(news = "") {
  asked = true;
  if (renewing) return;
  renewing = true;
  while (asked && main) {
    asked = false;
    if (await fetchPage()) answered = news;
  }
  renewing = false;
}

async function fetchPage() {
  try {
    const response = await fetch(location.href, {
      headers: { Accept: "text/html", "X-Live-Page": "1" },
      cache: "no-store",
      signal: AbortSignal.timeout?.(ANSWER_WITHIN_MS),
    });
    if (response.status >= 500) return false;
    show(new DOMParser().parseFromString(await response.text(), "text/html"));
    return true;
  } catch {
    return false; // the next event asks again
  }
}

function show(page) {
  const next = page.querySelector("main");
  if (!next || next.dataset.shown === main.dataset.shown) return;
  const focused = main.contains(document.activeElement) ? document.activeElement : null;
  const wasOpen = main.querySelector("details[open]") !== null;
  document.adoptNode(next);
  for (const details of next.querySelectorAll("details")) details.open = wasOpen;
  keepWhatWasTyped(main, next);
  main.replaceWith(next);
  document.title = page.title;
  main = next;
  if (announcer) announcer.textContent = textOf("h1") + ". " + textOf(".lead");
  document.dispatchEvent(new Event("renewed")); // copy.js shows its buttons, which can have the focus only then
  if (focused) focusLike(focused);
  if (!main.dataset.events) {
    stop();
    main = null;
  }
}

function textOf(selector) {
  return main.querySelector(selector)?.textContent.trim() ?? "";
}

function keepWhatWasTyped(before, next) {
  for (const field of before.querySelectorAll("input[name]:not([type=hidden]), textarea[name]")) {
    const same = next.querySelector(`[name="${CSS.escape(field.name)}"]`);
    if (same) same.value = field.value;
  }
}

// Whoever used a keyboard or a screen reader stays where they were, or starts at the news.
function focusLike(element) {
  const same = [...main.querySelectorAll(element.localName)].find((one) =>
    element.name ? one.name === element.name : one.className === element.className && labelOf(one) === labelOf(element),
  );
  const target = same ?? main.querySelector("h1");
  if (!same && target) target.tabIndex = -1;
  target?.focus({ preventScroll: Boolean(same) });
}

function labelOf(element) {
  return element.dataset.what ?? element.textContent.trim();
}

function showLive(on) {
  const live = main?.querySelector("[data-live]");
  if (!live) return;
  live.hidden = !on;
  main.querySelector("[data-refresh]").hidden = on;
}
