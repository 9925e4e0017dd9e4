// Small helps on panellists' and team's pages. Everything works without them.
document.documentElement.classList.add("app-js");

// After a page came back with problems: to the summary, so that a screen reader starts there (GOV.UK's pattern).
const summary = document.querySelector("[data-focus-me]");
if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    (field.closest("fieldset, .govuk-form-group") || field).scrollIntoView();
    field.focus({ preventScroll: true });
  });
}

// A second click within a second sends nothing again; the first one is on its way.
const DOUBLE_CLICK_MS = 1000;
let sentAt = -Infinity;
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-prevent-double-click]")) return;
  if (event.timeStamp - sentAt < DOUBLE_CLICK_MS) event.preventDefault();
  else sentAt = event.timeStamp;
});

// How many characters are left, once few are: seen at once, spoken after a pause in typing. Nothing is cut off.
const PAUSE_MS = 1200;
for (const box of document.querySelectorAll("textarea[data-most]")) {
  const most = Number(box.dataset.most);
  const words = document.getElementById(`${box.id}-count`);
  if (!words) continue;
  const spoken = document.createElement("span");
  spoken.className = "govuk-visually-hidden";
  spoken.setAttribute("aria-live", "polite");
  words.after(spoken);
  const before = words.textContent;
  let pause;
  const tell = () => {
    const left = most - box.value.length;
    const number = Math.abs(left).toLocaleString(document.documentElement.lang || "en-GB");
    const unit = Math.abs(left) === 1 ? "character" : "characters";
    const said = left < 0 ? `${number} ${unit} too many.` : left > most / 5 ? before : `${number} ${unit} left.`;
    words.textContent = said;
    words.classList.toggle("govuk-error-message", left < 0);
    clearTimeout(pause);
    pause = setTimeout(() => { if (spoken.textContent !== said) spoken.textContent = said; }, PAUSE_MS);
  };
  box.addEventListener("input", tell);
  if (box.value.length > most * 0.8) tell();
}
