// Waiting payments, a form to send one, and mining.

import { el, foreign } from "../dom.js";
import { ms, number, t } from "../i18n.js";
import { JsonNumber, canonical, parse } from "../ledger/json.js";
import { paymentTable } from "./chain.js";

/** Waiting payments that are shown. */
const SHOWN = 50;

export function pendingView({ api, problem }) {
  const list = el("div", { id: "pending" });
  const count = el("span", { class: "quiet" });
  const said = el("p", { role: "status", id: "payment-status" });
  const fields = ["sender", "receiver", "amount"].map((name) => field(name));
  const form = el(
    "form",
    { onsubmit: send, novalidate: true, "aria-labelledby": "pending-title" },
    el("div", { class: "row" }, ...fields.map((one) => one.element), el("button", { class: "main" }, t("send"))),
    said,
  );
  const element = el(
    "section",
    { "aria-labelledby": "pending-title" },
    el("div", { class: "head" }, el("h2", { id: "pending-title" }, t("pending"), " ", count)),
    el("p", { class: "quiet" }, t("pendingHelp")),
    form,
    list,
  );

  function field(name) {
    const error = el("span", { class: "error", id: `${name}-error` });
    const input = el("input", {
      name,
      id: `pay-${name}`,
      autocomplete: "off",
      maxlength: name === "amount" ? 300 : 256,
      inputmode: name === "amount" ? "decimal" : "text",
      "aria-describedby": error.id,
    });
    const element = el("label", { class: "field" }, t(name), input, error);
    return { name, input, error, element };
  }

  async function send(event) {
    event.preventDefault();
    let good = true;
    for (const { name, input, error } of fields) {
      const bad = name === "amount" ? !isAmount(input.value) : input.value === "";
      error.textContent = bad ? t(name === "amount" ? "needAmount" : "needName") : "";
      input.setAttribute("aria-invalid", String(bad));
      if (bad && good) input.focus();
      good &&= !bad;
    }
    if (!good) return;
    const [sender, receiver, amount] = fields.map((one) => one.input.value);
    try {
      const answer = await api.pay({ sender, receiver, amount: rawNumber(amount.trim()) });
      said.replaceChildren(t("sent", answer.block));
      for (const { input } of fields) input.value = "";
      fields[0].input.focus();
    } catch (error) {
      said.replaceChildren(el("span", { class: "bad" }, foreign(error.message)));
      problem(error, true);
    }
  }

  return {
    element,
    async refresh() {
      const answer = await api.pending(SHOWN);
      count.textContent = t("payments", answer.total);
      list.replaceChildren(
        answer.total === 0
          ? el("p", { class: "quiet" }, t("pendingNone"))
          : paymentTable(answer.transactions, answer.total),
      );
    },
  };
}

function isAmount(text) {
  try {
    const value = parse(text);
    return value instanceof JsonNumber && !value.text.startsWith("-") && Number(value.text) > 0;
  } catch {
    return false;
  }
}

/** A number that keeps its digits on the way: large ones travel as text. */
function rawNumber(text) {
  const value = Number(text);
  return canonical(parse(text)) === String(value) ? value : text;
}

export function miningView({ api, problem }) {
  const said = el("p", { role: "status", id: "mined" });
  const mine = el("button", { class: "main", type: "button", id: "mine", onclick: dig }, t("mine"));
  const mode = el(
    "select",
    { id: "mode", onchange: () => (seconds.hidden = mode.value !== "interval") },
    ...["off", "on_payment", "interval"].map((value) => el("option", { value }, modeText(value))),
  );
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
  const element = el(
    "section",
    { "aria-labelledby": "mining-title" },
    el("div", { class: "head" }, el("h2", { id: "mining-title" }, t("mining")), mine),
    said,
    form,
  );

  async function dig() {
    mine.disabled = true;
    said.textContent = t("mineBusy");
    try {
      const { block, tries, took_ms } = await api.mine();
      said.textContent = t("mined", number(block.index), number(tries), ms(took_ms));
    } catch (error) {
      said.textContent = "";
      problem(error);
    } finally {
      mine.disabled = false;
      mine.focus();
    }
  }

  async function set(event) {
    event.preventDefault();
    const setting =
      mode.value === "interval"
        ? { mode: "interval", every_ms: Math.round(Number(every.value) * 1000) }
        : { mode: mode.value };
    try {
      await api.setMining(setting);
    } catch (error) {
      problem(error);
    }
  }

  return {
    element,
    show(setting) {
      mode.value = setting.mode;
      seconds.hidden = setting.mode !== "interval";
      if (setting.mode === "interval") every.value = setting.every_ms / 1000;
    },
  };
}

/** A way of mining by itself, in words. */
export function modeText(mode) {
  return t({ off: "modeOff", on_payment: "modePayment", interval: "modeInterval" }[mode] ?? mode);
}
