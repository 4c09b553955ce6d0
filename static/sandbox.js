// Renew what changes by itself, every two seconds while the page is seen. Without script, reloading does the same.

const PAUSE_MS = 2000;

setInterval(async () => {
  if (document.hidden) return;
  let page;
  try {
    const response = await fetch("/");
    if (!response.ok) return;
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return; // it was stopped; the next one may answer
  }
  for (const old of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(old.id);
    // Whoever is about to press a button in here keeps it under the finger.
    if (!fresh || old.innerHTML === fresh.innerHTML || old.contains(document.activeElement)) continue;
    old.replaceChildren(...fresh.childNodes);
  }
}, PAUSE_MS);
