"use strict";
// Previews: what a reference to a term, an equation, an exercise, a figure, or a source leads to is shown beside it
// while the pointer or the keyboard rests on it. From this page it is copied; from another it comes from a script stored
// for that page. Escape closes a preview, the pointer may enter it, and it stays until pointer and focus have left.

(() => {
  const KINDS = "dt, div.math, div.citation, div.exercise, figure, table";
  const STORED = /^#(term-|equation-|id\d+$)/; // what is kept for references from other pages
  const WAIT = 250; // milliseconds before it opens
  const STAY = 200; // for the way from the reference to its preview
  const site = window.book.site;
  const page = url => url.pathname.slice(site.pathname.length).replace(/\.html$/, "");
  const box = document.createElement("div");
  box.className = "preview";
  box.id = "preview";
  box.role = "tooltip";
  box.hidden = true;
  document.getElementById("main").append(box);
  let owner = null; // the reference whose preview is open or about to be
  let timer = 0;

  function reference(target) {
    const link = target.closest?.("a.internal[href*='#']");
    return link && !link.closest(".preview, nav") && link.hash.length > 1 ? link : null;
  }

  // The element a reference leads to, as a copy; null if there is nothing to show.
  async function content(link) {
    const id = decodeURIComponent(link.hash.slice(1));
    const found = document.createElement("div");
    const there = new URL(link.href);
    if (there.pathname === location.pathname) {
      const target = document.getElementById(id);
      if (!target?.matches(KINDS)) return null;
      found.append(target.cloneNode(true));
      const definition = target.matches("dt") && [...target.parentElement.children].find(other =>
        other.tagName === "DD" && target.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
      if (definition) found.append(definition.cloneNode(true));
    } else if (STORED.test(link.hash) || link.querySelector(".std-numref")) {
      const name = page(there);
      await window.book.load([`_static/generated/previews-${name.replaceAll("/", "-")}.js`]);
      found.innerHTML = window.bookPreviews[name][id] || "";
    }
    if (!found.hasChildNodes()) return null;
    for (const extra of found.querySelectorAll(".headerlink, .backrefs, button")) extra.remove();
    for (const element of found.querySelectorAll("a")) element.replaceWith(...element.childNodes);
    for (const element of found.querySelectorAll("[id], [tabindex]")) {
      element.removeAttribute("id");
      element.removeAttribute("tabindex");
    }
    for (const image of found.querySelectorAll("img")) {
      image.removeAttribute("loading");
      if (there.pathname !== location.pathname) image.src = new URL(image.getAttribute("src"), there);
    }
    return found.childNodes;
  }

  // Below the reference, or above where there is more room; within the screen.
  function place(link, x) {
    const lines = [...link.getClientRects()];
    const line = lines.find(rect => x >= rect.left && x <= rect.right) || lines[0];
    const view = document.documentElement;
    const below = view.clientHeight - line.bottom;
    box.style.maxHeight = `min(28rem, ${Math.max(below, line.top) - 24}px)`;
    const up = below < box.offsetHeight + 16 && line.top > below;
    const left = Math.max(8, Math.min((x ?? line.left) - 32, view.clientWidth - box.offsetWidth - 8));
    box.style.left = `${left + scrollX}px`;
    box.style.top = `${scrollY + (up ? line.top - box.offsetHeight - 6 : line.bottom + 6)}px`;
  }

  function close() {
    clearTimeout(timer);
    owner?.removeAttribute("aria-describedby");
    owner = null;
    box.hidden = true;
    box.replaceChildren();
  }

  function open(link, x) {
    if (link === owner) {
      clearTimeout(timer);
      timer = box.hidden ? setTimeout(show, WAIT, link, x) : 0;
      return;
    }
    close();
    owner = link;
    timer = setTimeout(show, WAIT, link, x);
  }

  async function show(link, x) {
    const nodes = await content(link);
    if (owner !== link) return;
    if (!nodes) {
      close();
      return;
    }
    link.removeAttribute("title"); // the browser's own tooltip would lie above it
    box.replaceChildren(...nodes);
    box.hidden = false;
    place(link, x);
    link.setAttribute("aria-describedby", box.id);
  }

  const leave = () => {
    clearTimeout(timer);
    timer = setTimeout(close, STAY);
  };

  document.addEventListener("pointerover", event => {
    if (event.pointerType === "touch") return;
    const link = reference(event.target);
    if (link) open(link, event.clientX);
    else if (box.contains(event.target)) clearTimeout(timer);
    else if (owner && document.activeElement !== owner) leave();
  });
  document.addEventListener("focusin", event => {
    const link = reference(event.target);
    if (link?.matches(":focus-visible")) open(link);
  });
  document.addEventListener("focusout", event => { if (event.target === owner) leave(); });
  document.addEventListener("keydown", event => { if (event.key === "Escape" && owner) close(); });
  document.addEventListener("click", event => { if (owner && !box.contains(event.target)) close(); });

  // What brought this script: the reference the reader is already at.
  const at = document.querySelector("a.internal:hover") || document.activeElement;
  const first = at && reference(at);
  if (first && matchMedia("(hover: hover)").matches) open(first);
})();
