// Small helps on the team's pages. Everything works without them.

// The study menu folds away on a phone.
const toggle = document.querySelector("[data-menu]");
if (toggle && window.matchMedia("(max-width: 640px)").matches) {
  const list = document.getElementById(toggle.getAttribute("aria-controls"));
  toggle.hidden = false;
  list.hidden = true;
  toggle.addEventListener("click", () => {
    list.hidden = !list.hidden;
    toggle.setAttribute("aria-expanded", String(!list.hidden));
  });
}

// Single keys in the comment review: dead while typing, and one tick switches them off (WCAG 2.1.4).
const bench = document.querySelector("[data-shortcuts]");
if (bench) {
  const off = document.querySelector("[data-shortcuts-off]");
  const KEPT = "delphi/shortcuts-off";
  if (off) {
    off.checked = localStorage.getItem(KEPT) === "yes";
    off.addEventListener("change", () => localStorage.setItem(KEPT, off.checked ? "yes" : "no"));
  }
  const isTyping = (target) => target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  document.addEventListener("keydown", (event) => {
    if (off?.checked || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    const links = [...bench.querySelectorAll(".app-bench__list a")];
    const at = links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = links[at + ({ j: 1, k: -1 }[key] ?? NaN)];
    const target = next ?? [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
    if (!target) return;
    event.preventDefault();
    target.click();
    target.focus();
  });
}
