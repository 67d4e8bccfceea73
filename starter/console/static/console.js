// What the pages do by themselves: times in the reader's zone, and a colleague's actions as they happen.
(function () {
  "use strict";
  const language = document.documentElement.lang;
  const written = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const thisYear = new Intl.DateTimeFormat(language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

  function localTimes(root) {
    root.querySelectorAll("time[datetime]:not([title])").forEach((time) => {
      time.title = time.textContent;
      const at = new Date(time.dateTime);
      time.textContent = (at.getFullYear() === new Date().getFullYear() ? thisYear : written).format(at);
    });
  }

  // An element with data-live is told when something happened: to the order that it names, or, when it names none, to
  // any. Its hx-trigger listens to "changed". A page looks again soon, and then at most once in a second, however much
  // happens; a page that nobody sees listens to nothing and looks again when it is seen.
  const SOON = 150, GAP = 1000, AGAIN = 3000, MOST = 100, PRESSED = "button:active, a:active, summary:active";
  const heard = new Set();
  let anything = false, due = null, looked = -Infinity, source = null, lost = false;

  function hear(orders) {
    orders.forEach((order) => heard.add(order));
    if (!orders.length || heard.size > MOST) anything = true;
    lookSoon();
  }

  function lookSoon() {
    if (due !== null || document.hidden || !(anything || heard.size)) return;
    due = setTimeout(look, Math.max(SOON, looked + GAP - performance.now()));
  }

  function look() {
    due = null;
    if (document.hidden) return;
    const told = [...document.querySelectorAll("[data-live]")].filter(
      (element) => anything || !element.dataset.live || heard.has(element.dataset.live));
    if (told.some((element) => element.matches(".htmx-request") || element.querySelector(".htmx-request"))) {
      due = setTimeout(look, GAP); // an answer is on its way; what happened since is looked at after it
      return;
    }
    looked = performance.now();
    anything = false;
    heard.clear();
    told.forEach((element) => {
      if (inHand(element)) putOff(element);
      else htmx.trigger(element, "changed");
    });
  }

  // Never under the hands of somebody who types, ticks, chooses or presses: what is not sent yet, or was refused, would
  // be lost, and a button that is replaced while it is down was not pressed.
  function inHand(element) {
    if (element.matches("[data-unsent]")) return true;
    if (element.querySelector(PRESSED)) return true;
    if (element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return true;
    return [...element.querySelectorAll("input, textarea, select")].some(isTyped);
  }

  function putOff(element) {
    element.dataset.stale = "true";
    if (element.querySelector(PRESSED)) catchUp(element); // a button that is let go need not lose the focus
  }

  function catchUp(element) {
    setTimeout(() => {
      if (!element.isConnected || !element.dataset.stale) return;
      if (inHand(element)) return putOff(element);
      delete element.dataset.stale;
      htmx.trigger(element, "changed");
    }, 400);
  }

  function leave(event) {
    const live = event.target.closest && event.target.closest("[data-live][data-stale]");
    if (live) catchUp(live);
  }

  // The answer to a look comes later than the look: the page may be in somebody's hands by then, or a press on its way.
  function answered(event) {
    const asked = event.detail.requestConfig.triggeringEvent, element = event.detail.target;
    if (!asked || asked.type !== "changed") return;
    if (!inHand(element) && !element.querySelector(".htmx-request")) return places.set(element.id, placeIn(element));
    event.detail.shouldSwap = false;
    putOff(element);
  }

  // What is looked at anew leaves the reader where they were: folds stay as they are, the keyboard stays on its button.
  const places = new Map(), REACHED = "a[href], button, summary";

  function called(element) {
    if (element.id) return element.id;
    const form = element.matches("details") && element.querySelector("form[id]");
    if (form) return form.id;
    const text = (element.querySelector("summary") || element).textContent.trim();
    return [element.tagName, element.getAttribute("href"), element.name, element.value, text].join(" ");
  }

  function placeIn(element) {
    const folds = new Map([...element.querySelectorAll("details")].map((fold) => [called(fold), fold.open]));
    const at = document.activeElement;
    return { folds, at: element.contains(at) && at.matches(REACHED) ? called(at) : null };
  }

  function settled(event) {
    const element = event.target, place = places.get(element.id);
    if (!place) return;
    places.delete(element.id);
    element.querySelectorAll("details").forEach((fold) => {
      if (place.folds.has(called(fold))) fold.open = place.folds.get(called(fold));
    });
    const at = place.at && [...element.querySelectorAll(REACHED)].find((each) => called(each) === place.at);
    if (at) at.focus({ preventScroll: true });
  }

  function listen() {
    if (source || document.hidden || !document.querySelector("[data-live]")) return;
    const asked = source = new EventSource("/events");
    asked.addEventListener("changed", (event) => hear(event.data ? event.data.split(" ") : []));
    asked.addEventListener("error", () => {
      lost = true;
      if (asked.readyState === EventSource.CLOSED && asked === source) setTimeout(askAgain, AGAIN);
    });
    asked.addEventListener("open", () => {
      if (lost) hear([]); // nobody knows what was missed
      lost = false;
    });
  }

  // A browser asks again by itself when the line breaks, and never again when anything else answered: a proxy for a
  // server that restarts, or the end of the session, which the next look finds.
  function askAgain() {
    deafen();
    listen();
    hear([]);
  }

  function deafen() {
    if (source) source.close();
    source = null;
  }

  function seen() {
    if (document.hidden) return deafen();
    listen();
    hear([]);
  }

  // Enter in a field of a row presses the row's own button, and where several could be meant, none; by itself a
  // browser presses the first button of the whole form.
  function enter(event) {
    const field = event.target;
    if (event.key !== "Enter" || event.isComposing || !field.matches("form[data-rows] input:not([type=checkbox])")) return;
    event.preventDefault();
    const row = field.closest("tr");
    const buttons = (row || field.closest(".card-footer")).querySelectorAll("button");
    if (buttons.length === 1) buttons[0].click();
    else if (row && !buttons.length) row.querySelector("input[type=checkbox]").checked = true;
  }

  document.addEventListener("DOMContentLoaded", () => {
    localTimes(document);
    listen();
    document.addEventListener("visibilitychange", seen);
    addEventListener("pagehide", deafen);
    addEventListener("pageshow", (event) => { if (event.persisted) seen(); });
    document.body.addEventListener("htmx:afterSettle", (event) => localTimes(event.target));
    document.body.addEventListener("htmx:beforeSwap", answered);
    document.body.addEventListener("htmx:afterSettle", settled);
    document.body.addEventListener("focusout", leave);
    document.body.addEventListener("keydown", enter);
    document.body.addEventListener("change", (event) => {
      if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit();
      const all = event.target.closest("input[data-all]");
      if (all) document.querySelectorAll(`input[name="${all.dataset.all}"]`).forEach((box) => { box.checked = all.checked; });
    });
    document.body.addEventListener("click", (event) => {
      if (event.target.closest("[data-print]")) print();
    });
    if (location.hash === "#print") { // a page that shows all of what another had cut short, to be printed
      history.replaceState(null, "", location.pathname + location.search);
      addEventListener("load", () => print());
    }
  });
})();
