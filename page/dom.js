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
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(node));
  return element;
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
  const shown = String(text).replace(
    UNSEEN,
    (unseen) => `‹U+${unseen.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}›`,
  );
  const characters = [...shown];
  return el(
    "bdi",
    { class: "foreign" },
    characters.length > longest ? `${characters.slice(0, longest).join("")}…` : shown,
  );
}
