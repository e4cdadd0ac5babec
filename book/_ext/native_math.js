// What native_math.py runs: Temml's MathML of a formula, with the spaces set as TeX does.
"use strict";

const THIN = "0.1667em";
const SCRIPTED = ["msub", "msup", "msubsup", "munder", "mover", "munderover"];
const [DISPLAY, TEXT, SCRIPT] = [0, 1, 2]; // TeX's styles

// Temml 0.13 makes a superscript of what \overset puts over a letter.
const macros = { "\\overset": "\\stackrel{#1}{#2}" };

function render(tex, displayMode) {
  try {
    const tree = temml.__renderToMathMLTree(tex, { displayMode, macros, throwOnError: true });
    space(tree, displayMode ? DISPLAY : TEXT);
    return [tree.toMarkup(), null];
  } catch (error) {
    return [null, error.message];
  }
}

// No space around a sign in a script, as in h_{t-1}; a thin one between a factor and the name of a function.
function space(node, style) {
  style = styleOf(node, style);
  if (node.classes.includes("tml-left")) joinCells(node);
  node.children = node.children.flatMap(child => (child.type || !child.children ? [child] : child.children));
  node.children.forEach((child, i) => {
    if (!child.type) return;
    const scripted = SCRIPTED.includes(node.type) && i > 0;
    if (child.type === "mo") trim(child, style === SCRIPT, node.children[i - 1]);
    space(child, scripted ? SCRIPT : node.type === "mfrac" ? Math.min(style + 1, SCRIPT) : style);
  });
  if (node.type === "msup" && node.children[0].toText() === "∂") node.children[1].classes.push("tml-lrg-pad");
  if (!["math", "mrow", "mtd", "mstyle"].includes(node.type)) return;
  node.children = node.children.flatMap((child, i, all) => {
    if (!i || !isFactor(all[i - 1]) || !(isApplied(all[i + 1]) || isApplied(child.children[1]))) return [child];
    const gap = new node.constructor("mspace");
    gap.setAttribute("width", THIN);
    return [gap, child];
  });
}

function styleOf(node, style) {
  const { displaystyle, scriptlevel } = node.attributes;
  if (displaystyle === "true" || displaystyle === true) return DISPLAY;
  if (scriptlevel !== undefined) return Number(scriptlevel) > 0 ? SCRIPT : TEXT;
  return style === DISPLAY && (displaystyle !== undefined || node.type === "mtable") ? TEXT : style;
}

// A plus or minus that begins a line of aligned equations, as in `&+ b`, has the space of one between two terms.
function joinCells(cell) {
  let first = cell;
  while (["mtd", "mrow"].includes(first?.type)) first = first.children[0];
  if (first?.type === "mo" && first.attributes.form === "prefix" && /^[+−±]$/.test(first.toText())) {
    first.attributes.form = "infix";
  }
}

// Large brackets and dots have no space of their own; the dots of a product have a thin one.
function trim(sign, isScript, before) {
  const { attributes } = sign;
  if (attributes.form || attributes.movablelimits || attributes.lspace || isApplied(sign)) return;
  const dots = /^[…⋯]/.test(sign.toText());
  if (isScript || attributes.fence || dots) {
    attributes.lspace = attributes.rspace = dots && before && before.type !== "mo" ? THIN : "0em";
  }
}

const isApplied = node => node?.type === "mo" && node.toText() === "\u2061";

function isFactor(node) {
  if (node.type === "mo") return node.attributes.form === "postfix";
  if (node.type === "mrow" || node.type === "mstyle") return node.children.length > 0 && isFactor(node.children.at(-1));
  return SCRIPTED.includes(node.type) ? isFactor(node.children[0]) : ["mi", "mn", "mfrac", "msqrt"].includes(node.type);
}
