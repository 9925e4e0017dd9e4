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
    const place = { t: "themes", "?": "keys" }[key];
    const target = place ? document.getElementById(place) : document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (place) target.scrollIntoView({ block: "center" });
    else target.click();
    target.focus();
  });

  // What a choice asks for is open as soon as it is chosen.
  const more = bench.querySelector("[data-opens-for]");
  bench.addEventListener("change", (event) => {
    if (event.target.name === "state" && more.dataset.opensFor.split(" ").includes(event.target.value)) more.open = true;
  });

  // A known theme is put in and taken out by a press.
  for (const list of bench.querySelectorAll("[data-themes-for]")) {
    const box = document.getElementById(list.dataset.themesFor);
    const chosen = () => box.value.split(",").map((one) => one.trim()).filter(Boolean);
    const buttons = [...list.children].map((item) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = item.textContent;
      item.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = chosen();
        const others = now.filter((one) => one !== button.textContent);
        box.value = (others.length < now.length ? others : [...now, button.textContent]).join(", ");
        show();
      });
      return button;
    });
    const show = () => buttons.forEach((one) => one.setAttribute("aria-pressed", String(chosen().includes(one.textContent))));
    box.addEventListener("input", show);
    show();
  }
}
