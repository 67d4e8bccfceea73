// The form of an order for the keyboard: suggestions (ARIA combobox), lines by Enter, marks at wrong fields.
(function () {
  "use strict";
  const MOST_LINES = 500;
  const form = () => document.getElementById("order-form");
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const isCombo = (element) => element.matches && element.matches("input[role=combobox]");

  function options(list) { return [...list.querySelectorAll("[role=option]:not([aria-disabled])")]; }

  function close(input) {
    const list = listOf(input);
    if (list) list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function activate(input, option) {
    options(listOf(input)).forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function active(input) { return document.getElementById(input.getAttribute("aria-activedescendant") || "-"); }

  function open(input) {
    const list = listOf(input);
    if (document.activeElement !== input || !input.value.trim() || input.value === input.dataset.picked) return close(input);
    options(list).forEach((option, place) => { option.id = `${list.id}-${place}`; });
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    activate(input, options(list)[0]);
  }

  function changed(element) { element.dispatchEvent(new Event("change", { bubbles: true })); }

  function pick(input, option) {
    input.value = option.dataset.value;
    input.dataset.picked = input.value;
    close(input);
    const quantity = document.getElementById(input.id.replace(/-sku$/, "-quantity"));
    if (quantity && quantity !== input && !quantity.value) quantity.value = "1";
    changed(input);
  }

  function focus(element) { if (element) { element.focus(); if (element.select) element.select(); } }

  function addLine() {
    const rows = document.querySelectorAll("#lines [data-line]");
    if (rows.length >= MOST_LINES) return null;
    const numbers = [...document.querySelectorAll("#lines [data-line] [role=combobox]")].map((each) => +each.id.split("-")[1]);
    const holder = document.createElement("tbody");
    holder.innerHTML = document.getElementById("line-template").innerHTML.replaceAll("__number__", Math.max(-1, ...numbers) + 1);
    const row = holder.querySelector("tr");
    document.getElementById("lines").append(row);
    htmx.process(row);
    return row;
  }

  function removeLine(row) {
    const next = row.nextElementSibling || row.previousElementSibling;
    if (next) row.remove(); else row.querySelectorAll("input").forEach((input) => { input.value = ""; });
    focus((next || row).querySelector("[role=combobox]"));
    changed(form());
  }

  function goOn(input) {
    const row = input.closest("[data-line]");
    if (!row) {
      const fields = [...form().querySelectorAll("input:not([type=hidden]), select")].filter((each) => each.offsetParent);
      return focus(fields[fields.indexOf(input) + 1]);
    }
    if (isCombo(input)) {
      const last = !row.nextElementSibling;
      return focus(!input.value.trim() && last ? document.getElementById("submit-order") : row.querySelector("[id$=-quantity]"));
    }
    const next = row.nextElementSibling || addLine();
    focus(next && next.querySelector("[role=combobox]"));
  }

  function keyInCombo(event, input) {
    const list = listOf(input), all = options(list), place = all.indexOf(active(input));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) { delete input.dataset.picked; return open(input); }
      const step = event.key === "ArrowDown" ? 1 : -1;
      return activate(input, all[(place + step + all.length) % all.length]);
    }
    if (list.hidden) return;
    if (event.key === "Escape") { event.preventDefault(); close(input); }
    if ((event.key === "Enter" || event.key === "Tab") && active(input)) pick(input, active(input));
  }

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!form() || !form().contains(input) || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return document.getElementById("submit-order").click();
    }
    if (isCombo(input)) keyInCombo(event, input);
    if (event.key === "Enter" && input.matches("input, select")) { event.preventDefault(); goOn(input); }
  });

  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest && event.target.closest(".combo [role=option]:not([aria-disabled])");
    if (!option) return;
    event.preventDefault();
    pick(option.closest(".combo").querySelector("input"), option);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-add], [data-remove]");
    if (!button || !form() || !form().contains(button)) return;
    event.preventDefault();
    if (button.matches("[data-remove]")) return removeLine(button.closest("[data-line]"));
    const row = addLine();
    focus(row && row.querySelector("[role=combobox]"));
  });

  document.addEventListener("input", (event) => { if (isCombo(event.target)) delete event.target.dataset.picked; });
  document.addEventListener("focusout", (event) => { if (isCombo(event.target)) close(event.target); });

  // What was typed since the last answer survives a session that ended: it is kept in this tab until the server has it.
  const kept = () => `order-draft-${form().dataset.draft}`;
  function remember() {
    const fields = [...new FormData(form())].filter(([, value]) => typeof value === "string");
    sessionStorage.setItem(kept(), JSON.stringify(fields));
  }
  function recall() {
    const fields = JSON.parse(sessionStorage.getItem(kept()) || "null");
    if (!fields) return;
    fields.forEach(([name]) => {
      while (/^line-\d+-sku$/.test(name) && !form().elements[name]) if (!addLine()) break;
    });
    fields.forEach(([name, value]) => { if (form().elements[name]) form().elements[name].value = value; });
    changed(form());
  }
  // The figures of each line are pieces of an answer. They are put in place here at one go: htmx would settle every
  // piece by itself, which for the thousands of a long order takes a minute.
  function place(event) {
    if (event.detail.pathInfo.requestPath !== "/orders/new/figures") return;
    const answer = document.createElement("template");
    answer.innerHTML = event.detail.serverResponse;
    answer.content.querySelectorAll("[hx-swap-oob]").forEach((piece) => {
      piece.remove();
      piece.removeAttribute("hx-swap-oob");
      const shown = document.getElementById(piece.id);
      if (shown && !shown.isEqualNode(piece)) shown.replaceWith(piece);
    });
    event.detail.serverResponse = answer.innerHTML;
  }
  function mark() {
    document.querySelectorAll(".field-error[id$=-error]").forEach((error) => {
      const input = document.getElementById(error.id.replace(/-error$/, ""));
      if (!input) return;
      if (error.textContent.trim()) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (!form()) return;
    recall();
    focus(form().querySelector("[aria-invalid=true]") || (document.getElementById("customer").value ? null : document.getElementById("customer")));
    document.body.addEventListener("input", (event) => { if (form() && form().contains(event.target)) remember(); });
    document.body.addEventListener("change", (event) => { if (form() && form().contains(event.target)) remember(); });
    document.body.addEventListener("htmx:beforeSwap", place);
    document.body.addEventListener("htmx:afterSwap", (event) => {
      if (event.target.matches("[role=listbox]")) open(event.target.closest(".combo").querySelector("input"));
    });
    document.body.addEventListener("htmx:afterRequest", (event) => {
      const answer = event.detail.xhr;
      if (!answer || !form()) return;
      if (event.detail.pathInfo.requestPath === "/orders/new/figures" && answer.getResponseHeader("HX-Replace-Url")) sessionStorage.removeItem(kept());
      if (/^\/orders\//.test(answer.getResponseHeader("HX-Redirect") || "")) sessionStorage.removeItem(kept());
    });
    document.body.addEventListener("htmx:afterSettle", () => {
      if (!form()) return;
      mark();
      if (document.querySelector("#order > [role=alert]") && document.activeElement === document.body) focus(form().querySelector("[aria-invalid=true]"));
    });
  });
})();
