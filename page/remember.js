// What a person has done with the page: it outlives the elements, which are found again by their ids.

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

/**
 * Notes what is typed, chosen, opened, scrolled and focused below `root`. What it returns brings that back.
 * @param {HTMLElement} root
 * @returns {() => void}
 */
export function remember(root) {
  const steps = [typed(root), opened(root), scrolled(root), focused(root)];
  const [left, top] = [scrollX, scrollY];
  return () => {
    for (const step of steps) step();
    scrollTo({ left, top, behavior: "instant" });
  };
}

/** @param {HTMLElement} root */
function typed(root) {
  /** @type {NodeListOf<Field>} */
  const fields = root.querySelectorAll("input[id], textarea[id], select[id]");
  const values = [...fields].map((field) => ({
    id: field.id,
    value: field.value,
    checked: isChecked(field),
    invalid: field.ariaInvalid,
  }));
  return () => {
    for (const { id, value, checked, invalid } of values) {
      const field = document.getElementById(id);
      if (!isField(field)) continue;
      field.ariaInvalid = invalid;
      if (field.value !== value) field.value = value;
      if (field instanceof HTMLInputElement) field.checked = checked;
    }
  };
}

/** @param {HTMLElement} root */
function opened(root) {
  const open = [...root.querySelectorAll("details[id]")].map((details) => ({
    id: details.id,
    open: details.hasAttribute("open"),
  }));
  return () => {
    for (const one of open) document.getElementById(one.id)?.toggleAttribute("open", one.open);
  };
}

/** @param {HTMLElement} root */
function scrolled(root) {
  const places = [...root.querySelectorAll("[id]")]
    .map(({ id, scrollTop, scrollLeft }) => ({ id, scrollTop, scrollLeft }))
    .filter(({ scrollTop, scrollLeft }) => scrollTop !== 0 || scrollLeft !== 0);
  return () => {
    for (const { id, scrollTop, scrollLeft } of places) {
      const element = document.getElementById(id);
      if (element) Object.assign(element, { scrollTop, scrollLeft });
    }
  };
}

/** @param {HTMLElement} root */
function focused(root) {
  const active = document.activeElement;
  if (!active?.id || !root.contains(active)) return () => {};
  const id = active.id;
  const selection = isText(active) ? [active.selectionStart, active.selectionEnd] : [];
  return () => {
    const element = document.getElementById(id);
    if (!element || element === document.activeElement) return;
    element.focus({ preventScroll: true });
    const [start, end] = selection;
    if (isText(element) && typeof start === "number") element.setSelectionRange(start, end ?? start);
  };
}

/** @param {Field} field */
const isChecked = (field) => field instanceof HTMLInputElement && field.checked;

/**
 * @param {Element | null} element
 * @returns {element is Field}
 */
const isField = (element) =>
  element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;

/**
 * Whether an element is a field with a caret.
 * @param {Element} element
 * @returns {element is HTMLInputElement | HTMLTextAreaElement}
 */
const isText = (element) =>
  element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && element.selectionStart !== null);
