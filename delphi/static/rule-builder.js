// While a rule is built: its sentences and its try-out follow the typing, and parts come and go without a new
// page. Without this file each button sends the form and gets the page back.
"use strict";

(function () {
  const WAIT = 500; // milliseconds after the last key before the rule is read again
  const QUIET = 2500; // milliseconds after the last key before a screen reader is told what it says

  const form = document.querySelector("form[data-form]");
  if (!form) return;
  const said = document.querySelector("[data-said]");
  let asked = 0;
  let reading = 0;
  let telling = 0;
  let isReading = false;
  let isAgain = false;
  let isChanged = false;
  let isSent = false;

  const fieldsOf = (button) => {
    const body = new URLSearchParams(new FormData(form));
    if (button) body.set(button.name, button.value);
    return body;
  };

  async function fetched(address, body) {
    const mine = ++asked;
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { Accept: "text/html" } });
      const html = answer.ok && !answer.redirected ? await answer.text() : "";
      if (!html) throw new Error(String(answer.status));
      return mine === asked ? new DOMParser().parseFromString(html, "text/html") : null;
    } catch {
      if (mine === asked) tell("The rule could not be read again just now. What you typed is still here.", true);
      return null;
    }
  }

  function tell(words, isSeen = false) {
    said.classList.toggle("govuk-visually-hidden", !isSeen);
    said.textContent = words;
  }

  function draw(page) {
    for (const part of form.querySelectorAll("[data-part]")) {
      const now = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (now) part.replaceChildren(...now.childNodes);
    }
  }

  // One question at a time: a long rule takes the server a moment.
  async function read() {
    isAgain = isReading;
    if (isReading) return;
    isReading = true;
    const page = await fetched(form.dataset.shown, fieldsOf());
    isReading = false;
    if (page) draw(page);
    if (isAgain) read();
  }

  // What changed last is what a screen reader hears: what stands in the way, or what the rule says.
  function summary() {
    const says = form.querySelector('[data-part="says"]');
    const way = says.querySelectorAll("ul li");
    const found = form.querySelector('[data-part="found"] .app-mark');
    if (way.length) return `Before it can be saved: ${way[0].textContent}`;
    const agreed = [...says.querySelectorAll("ol li")].find((one) => one.textContent.includes("means:"));
    return [agreed?.textContent, found && `Your figures: ${found.textContent.trim()}.`].filter(Boolean).join(" ");
  }

  // Another form comes back when a part is added, moved or taken out, or another figure is chosen.
  async function reshape(button) {
    window.clearTimeout(reading);
    window.clearTimeout(telling);
    const sent = fieldsOf(button);
    const page = await fetched(form.action, sent);
    const now = page?.querySelector("form[data-form]");
    if (!now) return;
    if (button.value === "show") keepTyping(now, sent);
    const here = document.activeElement;
    const caret = here?.matches("input[type=text], textarea") ? here.selectionEnd : null;
    const open = [...form.querySelectorAll("details[open]")].map((one) => one.parentElement.closest("[id]")?.id);
    form.replaceChildren(...now.childNodes);
    settle();
    for (const one of form.querySelectorAll("details")) {
      if (open.includes(one.parentElement.closest("[id]")?.id)) one.open = true;
    }
    const next = form.querySelector("[autofocus]") || document.getElementById(here?.id || "");
    next?.focus();
    if (caret !== null && next?.id === here.id) next.setSelectionRange(caret, caret);
    tell(page.querySelector("[data-said]")?.textContent || summary());
    if (button.value !== "show") isChanged = true;
  }

  // What was typed while the answer was on its way stays.
  function keepTyping(now, sent) {
    for (const [name, value] of new FormData(form)) {
      const field = now.elements.namedItem(name);
      if (field && "value" in field && value !== sent.get(name)) field.value = value;
    }
  }

  // Buttons for what happens by itself here go.
  function settle() {
    form.querySelectorAll("[data-script-does]").forEach((button) => button.remove());
  }

  form.addEventListener("input", (event) => {
    isChanged = true;
    if (event.target.matches("[data-reshapes]")) return;
    window.clearTimeout(reading);
    window.clearTimeout(telling);
    reading = window.setTimeout(read, WAIT);
    telling = window.setTimeout(() => tell(summary()), QUIET);
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-reshapes]")) reshape({ name: "do", value: "show" });
  });
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || button.value === "save") {
      isSent = true;
      return;
    }
    event.preventDefault();
    reshape(button);
  });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged && !isSent) event.preventDefault();
  });
  settle();
})();
