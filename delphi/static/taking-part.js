// Saves answers as they are given, and keeps them on this device while there is no connection.
// Every page works without this file. Nothing moves the focus, and the status line says only what is true.
"use strict";

(function () {
  const WAIT = 1200; // milliseconds after the last key before a comment is saved
  const AGAIN = 10000; // milliseconds between two tries without a connection
  const PATIENCE = 5000; // milliseconds that sending the form waits for a save that is on its way

  const store = {
    get(key) { try { return JSON.parse(window.localStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { window.localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop(key) { try { window.localStorage.removeItem(key); } catch { /* nothing was kept */ } },
    dropAll(start) {
      try {
        Object.keys(window.localStorage).filter((key) => key.startsWith(start)).forEach((key) => window.localStorage.removeItem(key));
      } catch { /* nothing was kept */ }
    },
  };

  const forget = document.querySelector("form[data-forget]");
  if (forget) forget.addEventListener("submit", () => store.dropAll(forget.dataset.forget));

  const form = document.querySelector("form[data-save-url]");
  const SENT = "delphi/sent"; // the page whose form was sent last: once another page opens, it has arrived
  try {
    const sent = window.sessionStorage.getItem(SENT);
    if (sent && !(form && form.dataset.keep === sent)) {
      store.drop(sent);
      window.sessionStorage.removeItem(SENT);
    }
  } catch { /* nothing was kept */ }

  const status = document.getElementById("saved");
  if (!form || !status || form.hasAttribute("data-stale")) return;

  const key = form.dataset.keep;
  const revision = form.elements.namedItem("revision");
  const token = form.elements.namedItem("csrf_token").value;
  const radios = [...form.querySelectorAll('input[type="radio"]')];
  const boxes = [...form.querySelectorAll("textarea")];
  const names = [...new Set(radios.map((radio) => radio.name))];
  let saved = Object.assign({}, given());
  let timer = 0;
  let running = false;
  let stopped = false;
  let waited = false; // whether the form was sent while a save was on its way
  let underway = Promise.resolve();

  function chosen(name) {
    const radio = radios.find((one) => one.name === name && one.checked);
    return radio ? radio.value : null;
  }

  function given() {
    const values = {};
    names.forEach((name) => { values[name] = chosen(name); });
    boxes.forEach((box) => { values[box.name] = box.value; });
    return values;
  }

  function changes() {
    const now = given();
    return Object.keys(now).filter((name) => now[name] !== saved[name]);
  }

  // `how` is "yes" for what is saved, "not" for what is not, and nothing for the rest.
  function say(words, how) {
    status.classList.toggle("app-saved--yes", how === "yes");
    status.classList.toggle("app-saved--not", how === "not");
    const place = status.querySelector("span");
    if (place.textContent !== words) place.textContent = words;
  }

  function sayHowMuch(at) {
    const n = names.filter((name) => chosen(name) !== null).length;
    const words = n === names.length ? status.dataset.all : status.dataset.part;
    say(words.replace("{n}", n).replace("{of}", names.length).replace("{at}", at), "yes");
  }

  function keep() { store.set(key, { revision: revision.value, values: given() }); }

  function later(wait) { window.clearTimeout(timer); timer = window.setTimeout(save, wait); }

  function save() {
    if (running || stopped || waited || !changes().length) return;
    running = true;
    underway = sendChanges(changes()).finally(() => { running = false; });
  }

  async function sendChanges(changed) {
    const sending = given();
    // All ratings go along, so that the server can tell what a change of answer asks; comments only if changed.
    const body = { revision: revision.value };
    names.forEach((name) => { if (sending[name] !== null || changed.includes(name)) body[name] = sending[name]; });
    boxes.forEach((box) => { if (changed.includes(box.name)) body[box.name] = sending[box.name]; });
    let response;
    try {
      response = await fetch(form.dataset.saveUrl, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify(body),
      });
    } catch {
      keep();
      say(status.dataset.offline, "not");
      later(AGAIN);
      return;
    }
    await understand(response, sending);
    if (!stopped && changes().length) later(WAIT);
  }

  async function understand(response, sending) {
    const answer = await response.json().catch(() => ({}));
    if (response.ok) {
      revision.value = answer.revision;
      saved = sending;
      store.drop(key);
      sayHowMuch(answer.at);
      (answer.asks || []).forEach(ask);
    } else if (response.status === 503 || response.status === 502) {
      keep();
      later(AGAIN);
    } else if (answer.why === "input") {
      say(answer.sentence, "not");
      saved = sending; // What is wrong with it is told; the next change is tried again.
    } else if (answer.why === "signed-out") {
      stopped = true; // Somebody may have finished here: nothing is kept but the page itself.
      store.drop(key);
      say(answer.sentence, "not");
    } else {
      stopped = true; // The page itself says what to do when it is sent.
      keep();
      say(answer.why === "stale" ? status.dataset.stale : answer.sentence || status.dataset.offline, "not");
    }
  }

  function ask(code) {
    const group = form.querySelector('[data-about-change="' + CSS.escape(code) + '"]');
    if (!group || !group.hidden) return;
    group.hidden = false;
    group.querySelector('input[name="shown"]').disabled = false;
  }

  // "Clear my answer" stands beside a question as soon as it has an answer.
  function offerClear(name) {
    const code = name.replace(/^rating-/, "");
    if (form.querySelector('button[name="clear"][value="' + CSS.escape(code) + '"]')) return;
    const radio = radios.find((one) => one.name === name);
    const place = radio.closest("fieldset").querySelector(".app-cannot");
    const button = document.getElementById("clear-button").content.firstElementChild.cloneNode(true);
    button.value = code;
    button.querySelector("span").append(names.indexOf(name) + 1);
    place.append(button);
  }

  function restore() {
    const kept = store.get(key);
    if (!kept || !kept.values) return;
    if (kept.revision !== revision.value) { store.drop(key); return; }
    radios.forEach((radio) => { if (kept.values[radio.name] === radio.value) radio.checked = true; });
    boxes.forEach((box) => { if (typeof kept.values[box.name] === "string") box.value = kept.values[box.name]; });
    if (changes().length) { say(status.dataset.restored); save(); }
  }

  form.addEventListener("change", (event) => {
    if (event.target.type !== "radio") return;
    offerClear(event.target.name);
    later(0);
  });
  form.addEventListener("input", (event) => { if (event.target.tagName === "TEXTAREA") later(WAIT); });
  form.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="clear"]');
    if (!button) return;
    event.preventDefault();
    const name = "rating-" + button.value;
    radios.forEach((radio) => { if (radio.name === name) radio.checked = false; });
    radios.find((radio) => radio.name === name).focus();
    button.remove();
    later(0);
  });
  form.addEventListener("submit", (event) => {
    window.clearTimeout(timer);
    if (running && !waited && form.requestSubmit) {
      // What is on its way would make this page stale: its answer brings the new revision along.
      event.preventDefault();
      waited = true;
      const button = event.submitter;
      Promise.race([underway, new Promise((done) => { window.setTimeout(done, PATIENCE); })])
        .finally(() => form.requestSubmit(button));
      return;
    }
    stopped = true;
    keep();
    try { window.sessionStorage.setItem(SENT, key); } catch { /* then it is found by its revision */ }
  });
  window.addEventListener("online", () => later(0));
  window.addEventListener("pagehide", () => { if (!stopped && changes().length) keep(); });
  // Back from the next page: what was sent with the form is saved, and the kept copy is older than it.
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });

  restore();
})();
