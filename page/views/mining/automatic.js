// Whether and when the node mines by itself. What is chosen applies at once.

import { el } from "../../dom.js";
import { enabledWhen } from "../../enabled.js";
import { number, t } from "../../i18n.js";
import { notice } from "../../notice.js";
import { sayNumberFault } from "../../question.js";
import { numberOf } from "../../typed.js";

/** @import { CommonApi, Shell } from "../../../types/page.d.ts" */
/** @import { Mining } from "../../../types/v1.d.ts" */

/** @type {Record<Mining["mode"], "modeOff" | "modePayment" | "modeInterval" | "modeContinuous">} */
const MODE_TEXTS = {
  off: "modeOff",
  on_payment: "modePayment",
  interval: "modeInterval",
  continuous: "modeContinuous",
};
/** The shortest and the longest time between two blocks, in seconds. */
const SECONDS = { least: 0.1, most: 3600 };

/**
 * @param {Shell & { api: CommonApi }} context
 * @param {Mining["mode"][]} modes the ways that the node's rules have
 * @param {() => string} [also] why this cannot work now; empty when it can
 */
export function automaticForm(context, modes, also) {
  const { api } = context;
  const options = modes.map((value) => el("option", { value }, modeText(value)));
  const mode = el("select", { id: "mode", onchange: apply }, ...options);
  const every = el("input", {
    class: "number",
    inputmode: "decimal",
    autocomplete: "off",
    value: "2",
    id: "every",
    "aria-describedby": "every-error",
    onchange: apply,
  });
  const seconds = el("label", { class: "field", hidden: true }, t("seconds"), every);
  const said = notice(el("p", { id: "every-error" }));
  const state = enabledWhen([mode, every], context, "all", also);
  const form = el(
    "form",
    { class: "row", onsubmit: (event) => event.preventDefault() },
    el("label", { class: "field" }, t("automatic"), mode),
    seconds,
  );
  const element = el("div", { class: "automatic" }, form, said.element, state.why);
  /** How the node is set. @type {Mining} */
  let known = { mode: "off" };

  /**
   * The setting that is chosen; null when the seconds are none.
   * @returns {Mining | null}
   */
  function chosen() {
    const wanted = /** @type {Mining["mode"]} */ (mode.value);
    if (wanted !== "interval") return { mode: wanted };
    const typed = numberOf(every.value);
    const value = typed.text === null ? NaN : Number(typed.text);
    if (value >= SECONDS.least && value <= SECONDS.most) return { mode: wanted, every_ms: Math.round(value * 1000) };
    if (typed.reason === "ambiguous") sayNumberFault(said, every, typed);
    else said.warn(() => t("secondsBad"));
    return null;
  }

  async function apply() {
    seconds.hidden = mode.value !== "interval";
    said.clear();
    const setting = chosen();
    every.setAttribute("aria-invalid", String(setting === null));
    if (setting === null) return;
    try {
      show(await api.setMining(setting));
    } catch (error) {
      show(known);
      said.fail(error);
    }
  }

  /**
   * Shows how the node is set.
   * @param {Mining} setting
   */
  function show(setting) {
    known = setting;
    mode.value = setting.mode;
    const hides = setting.mode !== "interval";
    if (hides && !seconds.hidden) {
      said.clear();
      every.setAttribute("aria-invalid", "false");
    }
    seconds.hidden = hides;
    // What is being typed stays.
    if (setting.mode === "interval" && document.activeElement !== every) every.value = String(setting.every_ms / 1000);
  }

  return { element, show };
}

/**
 * A way of mining by itself, in words.
 * @param {Mining["mode"]} mode
 */
function modeText(mode) {
  return t(MODE_TEXTS[mode]);
}

/**
 * How a node mines by itself, in words.
 * @param {Mining} mining
 */
export const miningText = (mining) =>
  mining.mode === "interval" ? t("everySeconds", number(mining.every_ms / 1000)) : modeText(mining.mode);
