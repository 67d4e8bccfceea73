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

  // An element with data-live is told when something happened: to the orders that it names, or, when it names none,
  // to any. Its hx-trigger listens to "changed".
  const pending = new Map();
  function tell(orders) {
    document.querySelectorAll("[data-live]").forEach((element) => {
      const named = element.dataset.live;
      if (named && !orders.includes(named) && orders.length) return;
      if (pending.has(element)) return;
      pending.set(element, setTimeout(() => {
        pending.delete(element);
        if (element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) {
          element.dataset.stale = "true"; // never under the hands of somebody who types
          return;
        }
        htmx.trigger(element, "changed");
      }, 250));
    });
  }

  function listen() {
    if (!document.querySelector("[data-live]")) return;
    const source = new EventSource("/events");
    source.addEventListener("changed", (event) => tell(event.data ? event.data.split(" ") : []));
    addEventListener("pagehide", () => source.close());
  }

  document.addEventListener("DOMContentLoaded", () => {
    localTimes(document);
    listen();
    document.body.addEventListener("htmx:afterSettle", (event) => localTimes(event.target));
    document.body.addEventListener("focusout", (event) => {
      const live = event.target.closest && event.target.closest("[data-live][data-stale]");
      if (live) setTimeout(() => {
        if (live.isConnected && !live.contains(document.activeElement)) {
          delete live.dataset.stale;
          htmx.trigger(live, "changed");
        }
      }, 400);
    });
    document.body.addEventListener("change", (event) => {
      if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit();
      const all = event.target.closest("input[data-all]");
      if (all) document.querySelectorAll(`input[name="${all.dataset.all}"]`).forEach((box) => { box.checked = all.checked; });
    });
    document.body.addEventListener("click", (event) => {
      if (event.target.closest("[data-print]")) print();
    });
  });
})();
