// The live half of a personal page: swap to "connected" when the server has the person's text.
// The server names the state at each connection, so nothing is missed while we were away.

const main = document.querySelector("main[data-events]");
const live = main.querySelector("[data-live]");
const refresh = main.querySelector("[data-refresh]");
let source;
let connected = false;

if ("EventSource" in window) {
  listen();
  // A phone freezes this page while Messages is in front, and the stream can come back dead yet look open.
  document.addEventListener("visibilitychange", () => (document.hidden ? source.close() : listen()));
  addEventListener("pageshow", (event) => event.persisted && listen());
}

function listen() {
  if (connected) return;
  source?.close();
  source = new EventSource(main.dataset.events);
  source.addEventListener("open", () => showLive(true));
  source.addEventListener("confirmed", showConnected);
  // The browser tries again by itself until it gives up; then the plain link is the way on.
  source.addEventListener("error", (event) => showLive(event.target.readyState !== EventSource.CLOSED));
}

function showLive(on) {
  live.hidden = !on;
  refresh.hidden = on;
}

function showConnected() {
  connected = true;
  source.close();
  const focusWillVanish = document.activeElement.closest("[data-when=waiting]");
  for (const element of main.querySelectorAll("[data-when]")) {
    element.hidden = element.dataset.when !== "connected";
  }
  main.dataset.view = "connected";
  if (focusWillVanish) main.querySelector("[role=status] h1").focus();
}
