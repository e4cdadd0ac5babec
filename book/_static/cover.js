"use strict";
// The network of the cover page. `tools/cover_network.py` trained it; its weights stand in the page. A reader moves the
// words of a sentence, and the network, which is the few lines of `coverNetwork`, reads it anew.

const coverNetwork = {
  // h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h); x_t is one-hot, so that x_t W_xh is a row of W_xh.
  read({ words, network: { W_xh, W_hh, b_h, W_hy, b_y } }, sentence) {
    let h = b_h.map(() => 0);
    return sentence.map(word => {
      const x = W_xh[words.indexOf(word)];
      h = b_h.map((b, j) => Math.tanh(x[j] + h.reduce((sum, h_i, i) => sum + h_i * W_hh[i][j], b)));
      const z = h.reduce((sum, h_i, i) => sum + h_i * W_hy[i][0], b_y[0]);
      return { h, p: 1 / (1 + Math.exp(-z)) };
    });
  },

  // The bag adds up a weight for each word. It counts in the order of the vocabulary: the sentence's cannot matter.
  bag({ words, bag: { W, b } }, sentence) {
    const count = word => sentence.filter(other => other === word).length;
    return 1 / (1 + Math.exp(-words.reduce((sum, word, i) => sum + count(word) * W[i][0], b[0])));
  },
};

if (typeof document !== "undefined") (() => {
  const net = document.getElementById("net");
  const one = selector => net.querySelector(selector);
  const model = JSON.parse(one("script").textContent);
  const [steps, bag, label, remove, reset, status] = [".net-steps", ".net-bag", "#net-add", ".net-remove", ".net-reset", "[role=status]"].map(one);
  const vocabulary = [...net.querySelectorAll(".net-vocabulary button")];
  const pattern = steps.firstElementChild.cloneNode(true); // a step as the page was built with it
  const first = [...steps.querySelectorAll("button")].map(button => button.textContent);

  let sentence = [...first];
  let chosen = -1; // the word a reader has chosen, to be exchanged with, or replaced by, the next one
  let waiting = 0;

  const buttonOf = k => steps.children[k].querySelector("button");
  const percent = p => `${Math.round(100 * p)}%`;

  function showProbability(element, p) {
    element.className = `${element.className.split(" ")[0]} ${p > 0.55 ? "plus" : p < 0.45 ? "minus" : "even"}`;
    element.style.setProperty("--low", Math.min(p, 0.5));
    element.style.setProperty("--size", Math.abs(p - 0.5));
    element.querySelector(".net-percent").textContent = percent(p);
  }

  function show() {
    while (steps.children.length < sentence.length) steps.append(pattern.cloneNode(true));
    while (steps.children.length > sentence.length) steps.lastElementChild.remove();
    const read = coverNetwork.read(model, sentence);
    read.forEach(({ h, p }, k) => {
      const step = steps.children[k];
      buttonOf(k).textContent = sentence[k];
      buttonOf(k).setAttribute("aria-pressed", k === chosen);
      step.querySelectorAll("i").forEach((cell, j) => {
        cell.classList.toggle("minus", h[j] < 0);
        cell.style.opacity = Math.abs(h[j]);
        cell.title = h[j].toFixed(2);
      });
      showProbability(step, p);
    });
    showProbability(bag, coverNetwork.bag(model, sentence));
    bag.querySelector(".net-words").textContent = [...sentence].sort().join(" · ");
    label.textContent = chosen < 0 ? "Add a word" : `In place of “${sentence[chosen]}”`;
    remove.textContent = chosen < 0 ? "Remove the last word" : `Remove “${sentence[chosen]}”`;
    remove.setAttribute("aria-disabled", sentence.length < 2);
    const full = sentence.length >= model.longest && chosen < 0;
    vocabulary.forEach(button => button.setAttribute("aria-disabled", full));
  }

  // Screen readers hear of it once a reader pauses, not at every step of a word on its way.
  function say(text) {
    clearTimeout(waiting);
    waiting = setTimeout(() => { status.textContent = text; }, 500);
  }

  function change(next, focus = -1) {
    [sentence, chosen] = [next, -1];
    show();
    if (focus >= 0) buttonOf(focus).focus();
    const { p } = coverNetwork.read(model, sentence).at(-1);
    say(`${sentence.join(" ")}: after “${sentence.at(-1)}”, ${percent(p)} positive; as a bag of words, ${percent(coverNetwork.bag(model, sentence))}`);
  }

  function choose(k) {
    chosen = k;
    show();
    if (k >= 0) say(`“${sentence[k]}” chosen; choose another word to exchange the two`);
  }

  const without = k => sentence.filter((_, i) => i !== k);
  const drop = (k, focus = -1) => { if (sentence.length > 1) change(without(k), focus); };
  const move = (from, to) => { if (to >= 0 && to < sentence.length && to !== from) change(without(from).toSpliced(to, 0, sentence[from]), to); };

  function pick(k) {
    if (chosen < 0 || chosen === k) choose(chosen < 0 ? k : -1);
    else change(sentence.map((word, i) => (i === k ? sentence[chosen] : i === chosen ? sentence[k] : word)));
  }

  function add(word) {
    if (chosen >= 0) change(sentence.with(chosen, word));
    else if (sentence.length < model.longest) change([...sentence, word]);
    else say(`${model.longest} words are the most`);
  }

  // ---- keys: arrows carry a word along -----------------------------------------------------------------------------

  const at = target => [...steps.children].indexOf(target?.closest?.(".net-steps > li"));

  steps.addEventListener("keydown", event => {
    const k = at(event.target);
    const keys = {
      ArrowLeft: () => move(k, k - 1), ArrowUp: () => move(k, k - 1), ArrowRight: () => move(k, k + 1), ArrowDown: () => move(k, k + 1),
      Delete: () => drop(k, Math.min(k, sentence.length - 2)), Backspace: () => drop(k, Math.max(k - 1, 0)), Escape: () => choose(-1),
    };
    if (event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  // ---- mouse and pen: a word follows the pointer; a finger that moves scrolls the page, and taps choose --------------

  let held = -1, dragged = false;

  steps.addEventListener("pointerdown", event => {
    [held, dragged] = [event.target.closest("button") && event.button === 0 && event.pointerType !== "touch" ? at(event.target) : -1, false];
  });
  addEventListener("pointermove", event => {
    if (held < 0) return;
    const over = at(document.elementFromPoint(event.clientX, event.clientY));
    if (over < 0 || over === held) return;
    dragged = true;
    move(held, over);
    held = over;
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { held = -1; });

  steps.addEventListener("click", event => {
    if (event.target.closest("button") && !dragged) pick(at(event.target));
    dragged = false;
  });
  vocabulary.forEach(button => button.addEventListener("click", () => add(button.textContent)));
  remove.addEventListener("click", () => drop(chosen < 0 ? sentence.length - 1 : chosen));
  reset.addEventListener("click", () => change([...first]));
  show();
})();
