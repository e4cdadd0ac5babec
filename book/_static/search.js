"use strict";
// Search: while somebody types, what was found appears below the field; on the search page it is the page. The index is
// `_static/generated/search-index.js`: rows of kind, page, anchor, title, label, names, text, unseen words,
// the row of the section around it, and, of an equation, its MathML.

(() => {
  const { kinds, pages, records } = window.bookIndex;
  const SHOWN = 8; // in the panel
  const LISTED = 100; // on the search page
  const WORTH = { term: 1.6, name: 1.3, equation: 1.2, exercise: 1.2, section: 1.2, figure: 0.7, source: 0.7 };
  const LETTERS = /[\p{L}\p{N}\p{M}]+/gu;
  const SILENT = new Set("a an and are as at by do for from in is it of on or that the this to with".split(" "));

  // ---- the engine -------------------------------------------------------------------------------------------------

  const simple = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = text => simple(text).match(/[\p{L}\p{N}_]+/gu) || [];
  const parts = word => (word.includes("_") ? word.split("_").filter(Boolean) : [word]);
  const stem = word => (word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word);

  const canonical = text => words(text).map(stem).join(" ");

  const things = records.map(([kind, page, anchor, title, label, names, text, unseen, section, formula], id) =>
    ({ id, kind: kinds[kind], page, anchor, title, label, names, text, unseen, section, formula }));

  // Where a thing stands: its page and the sections around it.
  function path(thing) {
    const steps = [];
    for (let at = thing.section; at >= 0; at = things[at].section) steps.unshift(things[at].title);
    return steps;
  }

  const engine = new MiniSearch({
    fields: ["title", "label", "names", "path", "text", "unseen"],
    extractField: (thing, field) => (field === "path" ? path(thing) : [thing[field]].flat()).join(" "),
    tokenize: text => words(text).flatMap(word =>
      (word.includes("_") ? [...parts(word), word.replaceAll("_", "")] : word)),
    processTerm: term => (SILENT.has(term) ? null : stem(term)),
    searchOptions: {
      tokenize: text => words(text).flatMap(parts),
      boost: { title: 4, label: 3, names: 3, path: 1, text: 1, unseen: 0.5 },
      combineWith: "AND",
      prefix: term => term.length > 1,
      bm25: { k: 1.2, b: 0.4, d: 0.5 }, // long texts are held against a thing less than usual
      weights: { prefix: 0.6, fuzzy: 0.25 },
    },
  });
  // Everything found, the best first: what is called exactly so, then what has all the words, as typed if possible.
  // Only if nothing has them, words that are spelled alike count, and at last whatever has some of them.
  function find(query) {
    const typed = canonical(query);
    const tries = [{}, { fuzzy: term => term.length > 4 && 0.2 }, { fuzzy: 0.2, combineWith: "OR" }];
    const found = tries.reduce((found, options) => (found.length ? found : engine.search(query, options)), []);
    const length = typed.split(" ").length;
    for (const result of found) {
      const thing = things[result.id];
      thing.called ??= [thing.title, thing.label, ...thing.names].map(canonical); // each worked out once
      const [title, ...names] = thing.called;
      result.score *= WORTH[thing.kind];
      if (title === typed || names.includes(typed)) result.score += 1e6 * WORTH[thing.kind];
      else if (title.startsWith(typed)) result.score *= 2 + length;
      else if (title.includes(typed) || names.some(name => name.includes(typed))) result.score *= 1 + length;
      else if ((thing.said ??= canonical(thing.text)).includes(typed)) result.score *= length;
    }
    return found.sort((a, b) => b.score - a.score).map(({ id, terms }) => ({ thing: things[id], terms }));
  }

  // ---- what is shown of a result ----------------------------------------------------------------------------------

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // A text with the words that were found marked.
  function marked(text, terms) {
    const found = new Set(terms);
    const pieces = [];
    let end = 0;
    for (const { 0: word, index } of text.matchAll(LETTERS)) {
      if (!found.has(stem(simple(word)))) continue;
      pieces.push(text.slice(end, index), element("mark", {}, word));
      end = index + word.length;
    }
    return [...pieces, text.slice(end)];
  }

  // The part of a text around what was typed, or around the first word found.
  function excerpt(text, terms, length, query) {
    const found = new Set(terms);
    let first = text.toLowerCase().indexOf(query.toLowerCase());
    if (first < 0) first = [...text.matchAll(LETTERS)].find(([word]) => found.has(stem(simple(word))))?.index ?? 0;
    let from = first > length / 3 ? text.indexOf(" ", first - length / 3) + 1 : 0;
    if (text.length - from < length) from = text.lastIndexOf(" ", Math.max(0, text.length - length)) + 1;
    const cut = text.slice(from, from + length);
    const whole = from + length >= text.length;
    return `${from ? "… " : ""}${whole ? cut : `${cut.replace(/\s\S*$/, "")} …`}`;
  }

  function kindOf({ kind, label, section }) {
    if (kind === "section") return section < 0 ? "Page" : "Section";
    if (kind === "name") return label;
    if (kind === "equation") return `Equation ${label}`;
    return label || { term: "Term", source: "Source" }[kind];
  }

  function link({ thing, terms }, query, length, attributes = {}) {
    const [address, page] = pages[thing.page];
    const around = path(thing);
    const title = thing.title || (thing.kind === "equation" ? around.at(-1) : "");
    const text = excerpt(thing.text, terms, length, query);
    const href = `${new URL(address, window.book.site)}#${thing.anchor}`;
    const made = element("a", { href, class: "found", "data-kind": thing.kind, ...attributes });
    made.append(element("span", { class: "kind" }, kindOf(thing)), " ");
    if (title) made.append(element("span", { class: "title" }, ...marked(title, terms)), " ");
    if (thing.formula) {
      const formula = element("span", { class: "formula", "aria-hidden": "true" }); // said as plain text
      formula.innerHTML = thing.formula;
      made.append(formula, element("span", { class: "unseen" }, text), " ");
    } else if (text) {
      made.append(element("span", { class: "excerpt" }, ...marked(text, terms)), " ");
    }
    made.append(element("span", { class: "path" }, around.length ? around.join(" › ") : page));
    return made;
  }

  const count = number => (number === 1 ? "1 result" : `${number || "No"} results`);

  // ---- the search page --------------------------------------------------------------------------------------------

  const field = document.getElementById("search-field");
  const page = document.getElementById("search-results");

  function list() {
    const query = field.value.trim();
    const found = query ? find(query) : [];
    const more = found.length > LISTED ? `, the first ${LISTED} are shown` : "";
    page.querySelector("[role=status]").textContent = query ? `${count(found.length)} for “${query}”${more}.` : "";
    const rows = found.slice(0, LISTED).map(result => element("li", {}, link(result, query, 260)));
    page.querySelector("ol").replaceChildren(...rows);
  }

  // In steps, so that the page answers meanwhile.
  const indexed = engine.addAllAsync(things, { chunkSize: 60 });

  if (page) {
    field.value = new URLSearchParams(location.search).get("q") || "";
    indexed.then(() => {
      field.addEventListener("input", list);
      list();
    });
    return;
  }

  // ---- the panel below the field (a combobox with a list) ---------------------------------------------------------

  const form = field.form;
  const options = element("div", { role: "listbox", id: "search-list", "aria-label": "Results" });
  const all = element("a", { class: "all", tabindex: "-1" });
  const panel = element("div", { class: "panel", hidden: "" }, options, all);
  const status = element("p", { role: "status", class: "unseen" });
  form.append(panel, status);
  field.role = "combobox";
  field.ariaAutoComplete = "list";
  field.ariaExpanded = "false";
  field.setAttribute("aria-controls", options.id);
  let active = null;

  function activate(option) {
    if (active) active.ariaSelected = "false";
    active = option;
    if (!option) {
      field.removeAttribute("aria-activedescendant");
      return;
    }
    option.ariaSelected = "true";
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function show(open) {
    panel.hidden = !open;
    field.ariaExpanded = String(open && options.childElementCount > 0);
    if (!open) activate(null);
  }

  function suggest() {
    const query = field.value.trim();
    const found = query ? find(query) : [];
    activate(null);
    options.replaceChildren(...found.slice(0, SHOWN).map((result, i) => link(result, query, 110,
      { role: "option", id: `search-option-${i}`, tabindex: "-1", "aria-selected": "false" })));
    all.href = `${form.action}?q=${encodeURIComponent(query)}`;
    all.textContent = found.length > SHOWN ? `All ${found.length} results` : count(found.length);
    status.textContent = query ? `${count(found.length)}.` : "";
    show(Boolean(query));
  }

  indexed.then(() => {
    field.addEventListener("input", suggest);
    field.addEventListener("focus", suggest);
    if (document.activeElement === field) suggest();
  });
  form.addEventListener("focusout", event => { if (!form.contains(event.relatedTarget)) show(false); });
  panel.addEventListener("pointerdown", event => event.preventDefault()); // the field keeps the focus
  panel.addEventListener("click", event => { if (event.target.closest("a")) show(false); });
  field.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.childElementCount) {
      event.preventDefault();
      show(true);
      const rows = [...options.children, null]; // after the last comes the field itself
      const at = rows.indexOf(active);
      activate(rows[(at + step + rows.length) % rows.length]);
    } else if (event.key === "Enter" && active) {
      event.preventDefault();
      active.click();
    } else if (event.key === "Escape" && !panel.hidden) {
      event.preventDefault(); // the first Escape closes, the second empties the field
      show(false);
    }
  });
})();
