// What somebody typed when their session had ended is kept in this tab, and is there again when they have signed in.
// The order's form keeps its own (order_form.js), and what a filter asks for stands in the address.
(function () {
  "use strict";
  const KEPT = "unsent", TYPED = "input:not([type=hidden], [type=password], [type=file]), textarea, select";
  const here = () => location.pathname + location.search;
  const person = () => (document.querySelector("[data-person]") || { dataset: {} }).dataset.person;
  const goesTo = (form) => form.getAttribute("action");

  window.isTyped = isTyped;
  function isTyped(field) {
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    if (!field.matches("select")) return field.value !== field.defaultValue;
    const first = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(0, first);
  }

  const formsOf = (root) => [...root.querySelectorAll("form[method=post]:not([data-draft])")];
  const fieldsOf = (form) => [...form.querySelectorAll(TYPED)].filter((field) => field.name);

  function typedIn(form) {
    const refused = form.closest("[data-unsent]"); // what was typed stands there as if it came from the server
    const fields = fieldsOf(form).filter((field) => refused || isTyped(field)).map((field) => (
      field.matches("[type=checkbox], [type=radio]") ? [field.name, field.value, field.checked] : [field.name, field.value]));
    return { to: goesTo(form), fields };
  }

  function keep(ended) {
    const forms = formsOf(document).map(typedIn).filter((form) => form.fields.length);
    if (forms.length) sessionStorage.setItem(KEPT, JSON.stringify({ page: here(), person: person(), ended, forms }));
  }

  function say(name) {
    const said = document.getElementById(name), place = document.getElementById("message");
    if (said && place) place.replaceChildren(said.content.cloneNode(true));
  }

  function put(form, [name, value, checked]) {
    const field = fieldsOf(form).find((each) => each.name === name && (checked === undefined || each.value === value));
    if (!field) return null;
    if (checked === undefined) field.value = value; else field.checked = checked;
    const fold = field.closest("details");
    if (fold) fold.open = true;
    return field;
  }

  function recall() {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
    if (!kept) return;
    if (!person()) { // signing in: nothing was done, and from here it goes back to where it was typed
      sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, ended: true }));
      const next = document.querySelector("form[action='/sign-in'] input[name=next]");
      if (next && !next.value) next.value = kept.page;
      return say("session-ended");
    }
    sessionStorage.removeItem(KEPT);
    if (!kept.ended || kept.person !== person() || kept.page !== here()) return;
    const found = kept.forms.flatMap(({ to, fields }) => {
      const form = formsOf(document).find((each) => goesTo(each) === to);
      return form ? fields.map((field) => put(form, field)) : [];
    }).filter(Boolean);
    if (!found.length) return;
    say("typed-again");
    found[0].focus();
  }

  document.addEventListener("DOMContentLoaded", () => {
    recall();
    document.body.addEventListener("htmx:beforeOnLoad", (event) => {
      if ((event.detail.xhr.getResponseHeader("HX-Redirect") || "").startsWith("/sign-in")) keep(true);
    });
    // A press that reached nobody says so; a page that looks again by itself tries again by itself.
    const byItself = (event) => ((event.detail.requestConfig || {}).triggeringEvent || {}).type === "changed";
    ["htmx:sendError", "htmx:responseError"].forEach((name) => document.body.addEventListener(name, (event) => {
      if (!byItself(event)) say("no-answer");
    }));
    document.body.addEventListener("htmx:beforeOnLoad", (event) => {
      const said = document.querySelector("#message [data-away]");
      if (said && event.detail.xhr.status < 400) said.remove();
    });
    // A form that is sent without a script says only by the page that comes then whether the session had ended.
    document.addEventListener("submit", (event) => {
      if (!event.defaultPrevented && person() && event.target.matches("[method=post]") && typedIn(event.target).fields.length) keep(false);
    });
  });
})();
