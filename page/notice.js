// Messages: each stands beside what caused it, and goes when it is no longer true.

import { explain } from "./problems.js";

/** @import { Child } from "../types/page.d.ts" */

/**
 * A part of a message. A function makes it anew when the language has changed; it is given the place, which is another one then.
 * @typedef {Child | ((place: Notice) => Child | Child[])} Part
 */
/**
 * A place for messages.
 * @typedef {{ element: HTMLElement, say: (...parts: Part[]) => void, done: (...parts: Part[]) => void, warn: (...parts: Part[]) => void,
 *   fail: (error: unknown) => void, clear: () => void }} Notice
 */
/** @typedef {{ parts: Part[], bad: boolean, over: boolean }} Message */

/** What stands in each place that has an id, so that it can be said again when the views are made anew. @type {Map<string, Message>} */
const messages = new Map();
/** The places that have been made. @type {WeakMap<HTMLElement, Notice>} */
const places = new WeakMap();
/** The places that have an id, which outlive their elements. @type {Map<string, Notice & { move: (element: HTMLElement) => void }>} */
const named = new Map();
/** Places whose message goes at the next action. @type {Set<() => void>} */
const over = new Set();
/** How long a message takes to fade, in milliseconds; as in base.css. */
const FADE = 250;

/**
 * Makes an element a place for messages. An element with the id of an earlier one takes its place, and says what that one said: an action
 * that began before the views were made anew tells its end in the element that is on the page.
 * @param {HTMLElement} element
 * @returns {Notice}
 */
export function notice(element) {
  const made = places.get(element);
  if (made) return made;
  element.classList.add("said");
  if (!element.hasAttribute("role")) element.setAttribute("role", "status");
  const place = named.get(element.id) ?? placeOf(element.id, element);
  place.move(element);
  if (element.id) named.set(element.id, place);
  places.set(element, place);
  return place;
}

/**
 * @param {string} id
 * @param {HTMLElement} element
 */
function placeOf(id, element) {
  let fading = 0;

  function clear() {
    clearTimeout(fading);
    over.delete(fade);
    messages.delete(id);
    empty();
  }

  function empty() {
    element.classList.remove("going");
    element.replaceChildren();
  }

  function fade() {
    over.delete(fade);
    messages.delete(id);
    element.classList.add("going");
    fading = setTimeout(empty, FADE);
  }

  /** @param {Message} message */
  function put(message) {
    clear();
    if (id) messages.set(id, message);
    if (message.over) over.add(fade);
    element.classList.toggle("bad", message.bad);
    element.append(...message.parts.flatMap((part) => (typeof part === "function" ? part(place) : part)).map(node));
  }

  const place = {
    /** The element that is this place now. */
    get element() {
      return element;
    },
    /**
     * Another element is this place from now on.
     * @param {HTMLElement} other
     */
    move(other) {
      clearTimeout(fading);
      element = other;
      const old = messages.get(id);
      if (old) put(old);
    },
    /** Says what holds until something else is said here. */
    say: (/** @type {Part[]} */ ...parts) => put({ parts, bad: false, over: false }),
    /** Says what has happened; it goes at the next action on the page. */
    done: (/** @type {Part[]} */ ...parts) => put({ parts, bad: false, over: true }),
    /** Says what is wrong. */
    warn: (/** @type {Part[]} */ ...parts) => put({ parts, bad: true, over: false }),
    /** Says why something failed, in the page's language. */
    fail: (/** @type {unknown} */ error) => put({ parts: [() => explain(error)], bad: true, over: false }),
    clear,
  };
  return place;
}

/** @param {Child} child */
const node = (child) => (child instanceof Node ? child : String(child ?? ""));

/** What has happened is out of the way once a person goes on. */
function next() {
  for (const fade of [...over]) fade();
}
document.addEventListener("submit", next, { capture: true });
document.addEventListener(
  "click",
  (event) => {
    if (event.target instanceof Element && event.target.closest("button, a, summary")) next();
  },
  { capture: true },
);
