// Controls that cannot work are disabled, and say why.

import { el } from "./dom.js";
import { t } from "./i18n.js";

/** @import { Needs, Shell } from "../types/page.d.ts" */

/**
 * Disables controls while they cannot work. The reason is in `why`, which the caller places beside them.
 * @param {HTMLButtonElement | HTMLInputElement | HTMLSelectElement | (HTMLButtonElement | HTMLInputElement | HTMLSelectElement)[]} controls
 * @param {Shell} context
 * @param {Needs} needs what the node has to allow: "read" looks only, "use" mines, pays and connects, "all" changes settings
 * @param {() => string} [also] a further reason; empty for none
 */
export function enabledWhen(controls, context, needs, also = () => "") {
  const all = [controls].flat();
  const why = el("span", { class: "why quiet", id: all[0].id ? `${all[0].id}-why` : null });
  const { id } = all[0];
  // What was begun goes on when the controls are made anew in another language: the ones that are on the page are busy then.
  const make = () => ({ busy: false, update });
  const work = id ? context.keep(`busy ${id}`, make) : make();
  work.update = update;

  function update() {
    const { busy } = work;
    const reason = reasonAgainst(context, needs) || also();
    if (why.textContent !== reason) why.textContent = reason;
    for (const control of all) {
      control.disabled = busy || reason !== "";
      control.classList.toggle("busy", busy && reason === "");
      if (why.id) describe(control, why.id, reason !== "");
    }
  }

  context.onState(update);
  update();
  return {
    why,
    update,
    /**
     * Disables the controls while what they have begun is under way.
     * @param {boolean} is
     */
    busy(is) {
      work.busy = is;
      work.update();
    },
  };
}

/**
 * Why nothing that needs this can work now; empty when it can.
 * @param {Shell} context
 * @param {Needs} needs
 */
export function reasonAgainst(context, needs) {
  if (!context.alive()) return t("whyGone");
  const access = context.access();
  if (needs === "read" || access === "all" || access === needs) return "";
  return t("notForGuests", access);
}

/**
 * Adds a description to a control, or takes it away; others stay.
 * @param {Element} control
 * @param {string} id
 * @param {boolean} is
 */
function describe(control, id, is) {
  const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  if (is) ids.push(id);
  if (ids.length) control.setAttribute("aria-describedby", ids.join(" "));
  else control.removeAttribute("aria-describedby");
}
