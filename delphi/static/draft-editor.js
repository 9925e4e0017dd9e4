// While a draft is written: its difference to the draft before, its length and reading age, kept up to date.
// Without this file the button "Show the difference" does it. Nothing moves the focus.
"use strict";

(function () {
  const WAIT = 700; // milliseconds after the last key before the difference is drawn again
  const QUIET = 3000; // milliseconds after the last key before a screen reader is told how much changed

  const form = document.querySelector("form[data-difference]");
  if (!form) return;
  const token = form.elements.namedItem("csrf_token").value;
  let isSent = false;

  form.querySelectorAll("[data-variant]").forEach((part) => {
    const box = part.querySelector("textarea");
    const shown = part.querySelector("[data-shown]");
    const said = part.querySelector("[role=status]");
    const section = shown.parentElement;
    let asked = 0;
    let drawing = 0;
    let telling = 0;

    async function draw() {
      const mine = ++asked;
      const body = new URLSearchParams({ csrf_token: token, variant: part.dataset.variant, text: box.value });
      try {
        const answer = await fetch(form.dataset.difference, { method: "POST", body, headers: { Accept: "text/html" } });
        const html = answer.ok && !answer.redirected ? await answer.text() : "";
        if (mine !== asked) return;
        if (!html) throw new Error(String(answer.status));
        shown.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
        section.hidden = false;
      } catch {
        if (mine === asked) say("The difference could not be drawn again just now. What you typed is still here.");
      }
    }

    function tell() {
      const facts = shown.querySelector("p").cloneNode(true);
      facts.querySelectorAll("ins, del").forEach((sample) => sample.remove());
      say(facts.textContent.trim());
    }

    function say(words) {
      said.classList.toggle("govuk-visually-hidden", !words.startsWith("The difference"));
      said.textContent = words;
    }

    box.addEventListener("input", () => {
      window.clearTimeout(drawing);
      window.clearTimeout(telling);
      drawing = window.setTimeout(draw, WAIT);
      telling = window.setTimeout(tell, QUIET);
    });
  });

  // The difference is live now, so the button that asks for it goes.
  form.querySelectorAll("[data-look]").forEach((button) => button.remove());

  // Leaving with words that are not saved asks first; the browser says it in its own words.
  form.addEventListener("submit", () => { isSent = true; });
  window.addEventListener("beforeunload", (event) => {
    const isChanged = [...form.querySelectorAll("textarea")].some((box) => box.value !== box.defaultValue);
    if (isChanged && !isSent) event.preventDefault();
  });
})();
