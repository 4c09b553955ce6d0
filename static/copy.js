// Copy buttons. They stay hidden without script, where the text itself can be selected.

const SHOWN_MS = 2000;
const announcer = document.querySelector("[data-announce], form [role=status]");

for (const button of document.querySelectorAll("button[data-copy]")) {
  const label = button.firstChild;
  const value = button.parentElement.querySelector(".value");
  let timer;

  button.hidden = false;
  button.addEventListener("click", async () => {
    const copied = await copy(button.dataset.copy, value);
    clearTimeout(timer);
    label.data = copied ? "Copied" : "Selected";
    if (announcer) announcer.textContent = copied ? `Copied ${button.dataset.what}` : `Selected ${button.dataset.what}`;
    timer = setTimeout(() => { label.data = "Copy"; }, SHOWN_MS);
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
