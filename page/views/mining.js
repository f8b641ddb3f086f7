// Mining a block, and mining by itself.

import { el } from "../dom.js";
import { ms, number, t } from "../i18n.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { Mining } from "../../types/v1.d.ts" */

/** @type {Mining["mode"][]} */
const MODES = ["off", "on_payment", "interval"];
/** @type {Record<Mining["mode"], "modeOff" | "modePayment" | "modeInterval">} */
const MODE_TEXTS = { off: "modeOff", on_payment: "modePayment", interval: "modeInterval" };

/** @param {Context} context */
export function miningView(context) {
  const { button, said } = mineButton(context);
  const { form, show } = automaticForm(context);
  const element = el(
    "section",
    { "aria-labelledby": "mining-title" },
    el("div", { class: "head" }, el("h2", { id: "mining-title" }, t("mining")), button),
    said,
    form,
  );
  return { element, show };
}

/**
 * A button that mines a block, and what it says.
 * @param {Context} context
 */
function mineButton({ api, problem }) {
  const said = el("p", { role: "status", id: "mined" });
  const button = el("button", { class: "main", type: "button", id: "mine", onclick: mine }, t("mine"));

  async function mine() {
    button.disabled = true;
    said.textContent = t("mineBusy");
    try {
      const { block, tries, took_ms } = await api.mine();
      said.textContent = t("mined", number(block.index), number(tries), ms(took_ms));
    } catch (error) {
      said.textContent = "";
      problem(error);
    } finally {
      button.disabled = false;
      button.focus();
    }
  }

  return { button, said };
}

/**
 * A form that sets whether and when the node mines by itself.
 * @param {Context} context
 */
function automaticForm({ api, problem }) {
  const options = MODES.map((value) => el("option", { value }, modeText(value)));
  const mode = el("select", { id: "mode", onchange: hideSeconds }, ...options);
  const every = el("input", {
    class: "number",
    type: "number",
    min: "0.1",
    max: "3600",
    step: "0.1",
    value: "2",
    id: "every",
  });
  const seconds = el("label", { class: "field", hidden: true }, t("seconds"), every);
  const form = el(
    "form",
    { class: "row", onsubmit: set },
    el("label", { class: "field" }, t("automatic"), mode),
    seconds,
    el("button", {}, t("apply")),
  );

  function hideSeconds() {
    seconds.hidden = mode.value !== "interval";
  }

  /** @param {SubmitEvent} event */
  async function set(event) {
    event.preventDefault();
    const chosen = /** @type {Mining["mode"]} */ (mode.value);
    const every_ms = Math.round(Number(every.value) * 1000);
    try {
      await api.setMining(chosen === "interval" ? { mode: chosen, every_ms } : { mode: chosen });
    } catch (error) {
      problem(error);
    }
  }

  /**
   * Shows how the node is set.
   * @param {Mining} setting
   */
  function show(setting) {
    mode.value = setting.mode;
    hideSeconds();
    if (setting.mode === "interval") every.value = String(setting.every_ms / 1000);
  }

  return { form, show };
}

/**
 * A way of mining by itself, in words.
 * @param {Mining["mode"]} mode
 */
export function modeText(mode) {
  return t(MODE_TEXTS[mode]);
}
