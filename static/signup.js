// The signup button: ask for a line, then open Messages within the same tap.
// Without this file the form posts by itself and the server answers with the personal page.

const ANSWER_WITHIN_MS = 8000;
const MESSAGES_OPENS_WITHIN_MS = 800;

const form = document.querySelector("form[data-signup]");
const button = form.querySelector("button");
// Both labels stand in the page, so that a translating browser has translated the second one as well.
const idleLabel = form.querySelector("[data-idle]");
const busyLabel = form.querySelector("[data-busy]");
const status = form.querySelector("[role=status]");
let busy = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (busy) return;
  setBusy(true);
  try {
    leaveFor(await askForLine());
  } catch {
    // The nonce makes a second POST get the same line. submit() does not fire this handler again.
    form.submit();
  }
});

// Back may show this page as it was left, with the button still busy.
addEventListener("pageshow", (event) => {
  if (event.persisted) setBusy(false);
});

async function askForLine() {
  const response = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(new FormData(form)),
    signal: AbortSignal.timeout?.(ANSWER_WITHIN_MS),
  });
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const { page_url, deeplink } = await response.json();
  if (!page_url) throw new Error("no page_url");
  return { page_url, deeplink };
}

function leaveFor({ page_url, deeplink }) {
  // An app's own browser may show an error page for sms:, so the server marks only the forms where it is safe.
  if ("opensMessages" in form.dataset && deeplink?.startsWith("sms:")) {
    location.href = deeplink;
    // Going on at once would cancel the hand-over. Messages leaves this page alone, so move it on for the return.
    setTimeout(() => location.replace(page_url), MESSAGES_OPENS_WITHIN_MS);
  } else {
    location.assign(page_url);
  }
}

function setBusy(now) {
  busy = now;
  // Not `disabled`: that would drop the keyboard focus.
  button.setAttribute("aria-disabled", String(now));
  idleLabel.hidden = now;
  busyLabel.hidden = !now;
  status.textContent = now ? busyLabel.textContent : "";
}
