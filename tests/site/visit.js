"use strict";
// What a visit asks of a page, as functions of `visit`. The audit of axe is loaded beside it.

window.visit = {
  // Go to the end of the page as a reader does, a screen at a time, and wait for the images that came into view.
  async scroll() {
    const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
      scrollTo({ top: y, behavior: "instant" });
      await frame();
    }
    await document.fonts.ready;
    const shown = [...document.images].filter(image => image.checkVisibility() && !image.complete);
    await Promise.all(shown.map(image => new Promise(done => { image.onload = image.onerror = done; })));
    await frame();
    scrollTo({ top: 0, behavior: "instant" });
    await frame();
  },

  name(element) {
    const classes = [...element.classList].map(one => `.${one}`).join("");
    return element.localName + (element.id ? `#${element.id}` : "") + classes;
  },

  path(element) {
    const names = [];
    for (let e = element; e && e !== document.body && names.length < 4; e = e.parentElement) names.unshift(visit.name(e));
    return names.join(" > ");
  },

  // What reaches beyond the screen with nothing around it that scrolls, and by how much the page itself scrolls sideways.
  wide() {
    const page = document.documentElement;
    const found = [];
    for (const element of document.querySelectorAll("body *")) {
      const box = element.getBoundingClientRect();
      if (!box.width || !box.height || box.right <= page.clientWidth + 1) continue;
      let inside = false;
      for (let e = element.parentElement; e && e !== document.body && !inside; e = e.parentElement) {
        inside = ["auto", "scroll"].includes(getComputedStyle(e).overflowX);
      }
      if (!inside) found.push(`${visit.path(element)} (to ${Math.round(box.right)})`);
    }
    const over = page.scrollWidth - page.clientWidth;
    return over > 0 ? [`the page, by ${over}`, ...found] : found;
  },

  // One element for each way text looks: color, size, weight, what is behind it. Others would give the same contrast, and
  // axe needs half a minute to look at every letter of a long page.
  looks() {
    const behind = new Map();
    function background(element) {
      if (!element) return "";
      if (!behind.has(element)) {
        const style = getComputedStyle(element);
        const solid = style.backgroundColor.startsWith("rgb(") && style.opacity === "1";
        const layer = [style.backgroundColor, style.backgroundImage, style.opacity].join(" ");
        behind.set(element, solid ? layer : `${layer} < ${background(element.parentElement)}`);
      }
      return behind.get(element);
    }
    const kinds = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const element = text.parentElement;
      if (!text.data.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
      const style = getComputedStyle(element);
      const kind = [style.color, style.fontSize, style.fontWeight, background(element)].join(" | ");
      if (!kinds.has(kind) || element.childElementCount < kinds.get(kind).childElementCount) kinds.set(kind, element);
    }
    return [...kinds.values()];
  },

  async axe(options, context = document) {
    const { violations } = await axe.run(context, { resultTypes: ["violations"], preload: false, ...options });
    return violations.flatMap(({ id, nodes }) => nodes.map(node => {
      const why = [...node.any, ...node.all, ...node.none].map(check => check.message).join("; ");
      return `${id}: ${node.target.join(" ")}: ${why}`;
    }));
  },

  // target-size is off by default, as it is younger than the others.
  rules: () => visit.axe({ rules: { "color-contrast": { enabled: false }, "target-size": { enabled: true } } }),
  contrast: () => visit.axe({ runOnly: ["color-contrast"] }, { include: visit.looks() }),

  // Bytes of a page's own, as they came over the wire, without its pictures.
  transfer() {
    const picture = /\.(svg|png|jpe?g|gif|webp)$/;
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return entries.filter(({ name }) => !picture.test(name)).reduce((sum, { transferSize }) => sum + transferSize, 0);
  },
};
