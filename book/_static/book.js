"use strict";
// What a page does beyond being read: the color scheme, folding contents, copy buttons, "on this page". Search and
// previews are loaded when somebody reaches for them. Pages are whole without any of this.

(() => {
  const root = document.documentElement;
  const site = new URL(root.dataset.content_root || "./", location.href);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // ---- scripts on demand: added as elements, which works from a disk, too ----------------------------------------

  const loading = new Map();

  function loadOne(path) {
    if (!loading.has(path)) {
      loading.set(path, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = new URL(path, site);
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${path} could not be loaded`));
        document.head.append(script);
      }));
    }
    return loading.get(path);
  }

  // One after the other: later ones may use what earlier ones define.
  const load = paths => paths.reduce((before, path) => before.then(() => loadOne(path)), Promise.resolve());

  window.book = { load, site };

  // ---- color scheme: as the system, light, dark ------------------------------------------------------------------

  const switcher = document.getElementById("theme");
  const schemes = ["auto", "light", "dark"];
  const said = { auto: "as the system", light: "light", dark: "dark" };

  function showScheme() {
    const text = `Color scheme: ${said[root.dataset.theme || "auto"]}`;
    switcher.setAttribute("aria-label", text);
    switcher.title = text;
  }

  switcher.addEventListener("click", () => {
    const next = schemes[(schemes.indexOf(root.dataset.theme || "auto") + 1) % schemes.length];
    if (next === "auto") delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      localStorage.setItem("theme", next);
    } catch (error) { /* a browser that keeps nothing: the choice lasts for this page */ }
    showScheme();
  });
  showScheme();

  // ---- contents: open beside the text where there is room, folded above it where there is not ---------------------

  for (const [selector, width] of [[".contents > details", "64rem"], [".toc > details", "80rem"]]) {
    const fold = document.querySelector(selector);
    if (!fold) continue;
    const roomy = matchMedia(`(width >= ${width})`);
    const fit = () => { fold.open = roomy.matches; };
    roomy.addEventListener("change", fit);
    fit();
    fold.addEventListener("click", event => {
      if (!roomy.matches && event.target.closest("a")) fold.open = false;
    });
    fold.addEventListener("keydown", event => {
      if (event.key === "Escape" && !roomy.matches && fold.open) {
        fold.open = false;
        fold.firstElementChild.focus();
      }
    });
  }

  const here = document.querySelector(".contents .current > a");
  if (here) {
    here.setAttribute("aria-current", "page");
    const column = document.querySelector(".contents");
    const below = here.getBoundingClientRect().bottom - column.getBoundingClientRect().bottom;
    if (below > 0) column.scrollTop += below + column.clientHeight / 3;
  }

  // ---- on this page: mark the section that is being read ----------------------------------------------------------

  const links = new Map(all(".toc a[href^='#']").map(a => [decodeURIComponent(a.hash.slice(1)), a]));
  if (links.size) {
    const seen = new Set();
    let marked = null;
    const watcher = new IntersectionObserver(entries => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) seen.add(target.id);
        else seen.delete(target.id);
      }
      const now = [...links.keys()].findLast(id => seen.has(id));
      if (!now || links.get(now) === marked) return;
      if (marked) marked.removeAttribute("aria-current");
      marked = links.get(now);
      marked.setAttribute("aria-current", "true");
    }, { rootMargin: "-15% 0px -75% 0px" });
    for (const id of links.keys()) {
      const section = document.getElementById(id);
      if (section) watcher.observe(section);
    }
  }

  // ---- copy buttons ------------------------------------------------------------------------------------------------

  for (const block of all(".cell_input .highlight, .foot .highlight, .bd-article > section div[class*='highlight-']:not(.cell_output *) > .highlight")) {
    if (block.querySelector(".copy")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy this code");
    block.append(button);
  }

  document.addEventListener("click", async event => {
    const button = event.target.closest?.(".copy");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.parentElement.querySelector("pre").innerText.replace(/\n$/, ""));
      button.textContent = "Copied";
    } catch (error) {
      button.textContent = "Not allowed";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });

  // ---- what scrolls sideways can be reached by the keyboard ---------------------------------------------------------

  const wide = all("pre, .pst-scrollable-table-container, .equation, .cell_output");

  function reachable() {
    const scrolls = wide.map(element => element.scrollWidth > element.clientWidth + 1);
    wide.forEach((element, i) => {
      if (scrolls[i]) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
      if (element.className !== "equation") return;
      if (scrolls[i]) element.setAttribute("role", "group");
      else element.removeAttribute("role");
      element.ariaLabel = scrolls[i] ? "Wide equation" : null;
    });
  }

  const settle = () => (window.requestIdleCallback || setTimeout)(reachable);
  let resized;
  addEventListener("load", settle);
  addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(settle, 200); });
  document.addEventListener("toggle", settle, true);

  // ---- a link into something folded opens it ------------------------------------------------------------------------

  function unfold() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    target.scrollIntoView();
  }

  addEventListener("hashchange", unfold);
  if (location.hash) unfold();

  // ---- from a disk some things cannot work ---------------------------------------------------------------------------

  if (location.protocol === "file:") for (const element of all("[data-needs-http]")) element.hidden = true;

  // ---- search and previews come when they are wanted ------------------------------------------------------------------

  const field = document.getElementById("search-field");
  const search = () => load(["_static/vendor/minisearch.min.js", "_static/generated/search-index.js", "_static/search.js"]);
  field.addEventListener("focus", search, { once: true });
  if (document.body.dataset.page === "search") search();
  addEventListener("keydown", event => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (slash || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  });

  const previewed = "main a.internal[href*='#']";
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, event => {
      if (event.target.closest?.(previewed)) load(["_static/previews.js"]);
    });
  }
})();
