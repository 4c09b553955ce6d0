// Copy buttons. They stay hidden without script, where the text itself can be selected.
// A button holds its three labels; this swaps which one shows and writes no words, so that a translated page
// stays translated: a translating browser replaces the text inside elements, never the elements.

const SHOWN_MS = 2000;
const announcer = document.querySelector("[data-announce], form [role=status]");

makeReady();
document.addEventListener("renewed", makeReady); // person.js has swapped the page

function makeReady() {
  for (const button of document.querySelectorAll("button[data-copy][hidden]")) wire(button);
}

function wire(button) {
  const value = button.parentElement.querySelector(".value");
  const labels = button.querySelectorAll("[data-copy-state]");
  let timer;

  const show = (state) => {
    for (const label of labels) label.hidden = label.dataset.copyState !== state;
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    const state = (await copy(button.dataset.copy, value)) ? "copied" : "selected";
    clearTimeout(timer);
    show(state);
    if (announcer) announcer.textContent = button.querySelector(`[data-copy-state=${state}]`).textContent;
    timer = setTimeout(() => show("idle"), SHOWN_MS);
  });
}

// The clipboard is missing on plain http and refused in many apps' browsers. The older way may still
// work there; failing that the text is left selected, one long press from copied.
async function copy(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}
