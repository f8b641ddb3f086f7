// Makes elements. Texts become text nodes, so nothing that comes from a stranger is ever markup.

/** @import { Child, Properties } from "../types/page.d.ts" */

/**
 * Makes an element. Properties that begin with `on` are listeners, `class` and all others attributes; false and null leave one out.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Properties} [properties]
 * @param {...Child} children
 */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  set(element, properties);
  element.append(...shown(children));
  return element;
}

/**
 * Puts children in the place of those that an element has.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...shown(children));
}

/**
 * As el, for drawings.
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Properties} [attributes]
 * @param {...(Node | string | number)} children
 */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  set(element, attributes);
  element.append(...children.map(node));
  return element;
}

/**
 * @param {Element} element
 * @param {Properties} properties
 */
function set(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @param {Child[]} children */
const shown = (children) =>
  children.filter((child) => child !== null && child !== undefined && child !== false).map(node);

/** @param {Node | string | number} child */
const node = (child) => (child instanceof Node ? child : document.createTextNode(String(child)));

/** Characters that would not be seen, or would turn the text around: controls, zero widths, bidirectional overrides. */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * A text from a stranger: set apart from what stands around it, with everything in it to be seen.
 * @param {unknown} text
 */
export function foreign(text, longest = 300) {
  return el("bdi", { class: "foreign" }, visible(text, longest));
}

/** Texts up to this many characters are seen whole in a table, on however narrow a page. */
const SHORT = 24;

/**
 * A text from a stranger in a table: a long one is cut after some lines, and is seen whole in its title and while it has the focus.
 * @param {unknown} text
 * @param {string} [key] tells it from the others in its list, so that it keeps the focus when the list is put anew
 */
export function cut(text, key) {
  const element = foreign(text, LONGEST);
  element.classList.add("cut");
  if (String(text).length > SHORT) set(element, { title: visible(text, LONGEST), tabindex: "0", "data-key": key });
  return element;
}

/** What a page shows of a text at most: the longest integer that a payment may hold, and its sign. */
const LONGEST = 4301;

/**
 * @param {unknown} text
 * @param {number} longest
 */
function visible(text, longest) {
  const shown = String(text).replace(
    UNSEEN,
    (unseen) => `‹U+${unseen.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}›`,
  );
  const characters = [...shown];
  return characters.length > longest ? `${characters.slice(0, longest).join("")}…` : shown;
}

/**
 * Puts a list in the place of the one before. Who reads or uses it keeps the place and the focus: a part that scrolls is marked by the
 * class `scroll`, and what may have the focus by `data-key`.
 * @param {HTMLElement} container
 * @param {...Node} children
 */
export function replaceSteadily(container, ...children) {
  const top = container.querySelector(".scroll")?.scrollTop ?? 0;
  const active = document.activeElement;
  const key = active instanceof HTMLElement && container.contains(active) ? active.dataset.key : undefined;
  container.replaceChildren(...children);
  if (top > 0) container.querySelector(".scroll")?.scrollTo({ top, behavior: "instant" });
  if (key === undefined) return;
  const found = [...container.querySelectorAll("[data-key]")].find((one) => one.getAttribute("data-key") === key);
  if (found instanceof HTMLElement) found.focus({ preventScroll: true });
}
