// A form that connects other nodes, and what became of each address.

import { el, foreign } from "../../dom.js";
import { enabledWhen } from "../../enabled.js";
import { t } from "../../i18n.js";
import { notice } from "../../notice.js";
import { addressOf, addressesIn } from "./links.js";

/** @import { Context } from "../../../types/page.d.ts" */
/** @import { Network } from "../../../types/v1.d.ts" */

/**
 * @param {Context} context
 * @param {(address: string) => string | null} pageOf the page of the node at an address
 */
export function connectForm(context, pageOf) {
  const example = t("connectHint", String((Number(location.port) || 1001) + 1));
  const box = el("textarea", {
    id: "nodes",
    rows: "1",
    placeholder: example,
    spellcheck: "false",
    autocomplete: "off",
  });
  const said = notice(el("div", { id: "connect-status" }));
  const button = el("button", { id: "connect" }, t("connect"));
  const { why } = enabledWhen(button, context, "use");
  /** Addresses of the last attempt, and whether each was new. @type {{ address: string, added: boolean }[]} */
  let tried = [];
  /** @type {Network | null} */
  let network = null;
  let drawn = "";

  function draw() {
    const results = tried.map(({ address, added }) => ({ address, result: resultOf(address, added) }));
    if (JSON.stringify(results) === drawn) return;
    drawn = JSON.stringify(results);
    said.say(() =>
      el("ul", { class: "results" }, ...results.map(({ address, result }) => resultItem(address, result))),
    );
  }

  /**
   * @param {string} address
   * @param {boolean} added
   * @returns {Result}
   */
  function resultOf(address, added) {
    const node = network?.nodes.find((one) => one.address === address);
    if (!node && pageOf(address) === `${location.origin}/`) return "itself";
    if (!added) return "known";
    if (node?.state === "answers") return "connected";
    return node?.state === "fails" ? "silent" : "asking";
  }

  /** @param {SubmitEvent} event */
  async function connect(event) {
    event.preventDefault();
    const nodes = addressesIn(box.value);
    if (nodes === null) {
      forget();
      said.warn(() => t("connectBad"));
      return;
    }
    try {
      const { added } = await context.api.connect(nodes);
      const known = nodes.map(addressOf).filter((address) => !added.includes(address));
      tried = [
        ...added.map((address) => ({ address, added: true })),
        // An address that is written in another way than the node writes it is among those that were added.
        ...known.slice(0, nodes.length - added.length).map((address) => ({ address, added: false })),
      ];
      box.value = "";
      drawn = "";
      draw();
    } catch (error) {
      forget();
      said.fail(error);
    }
  }

  /** What was tried before is not what is told of now. */
  function forget() {
    tried = [];
    drawn = "[]";
  }

  const label = el("label", { class: "field" }, t("connectTitle"), box);
  const form = el("form", { class: "connect", onsubmit: connect }, label, button, why, said.element);
  return {
    form,
    /** @param {Network} latest */
    update(latest) {
      network = latest;
      if (tried.length) draw();
    },
  };
}

/** @typedef {"connected" | "known" | "silent" | "asking" | "itself"} Result */

/**
 * @param {string} address
 * @param {Result} result
 */
const resultItem = (address, result) =>
  el(
    "li",
    { "data-result": result },
    foreign(address, 80),
    ": ",
    el(
      "span",
      { class: result === "connected" ? "good" : result === "silent" ? "bad" : "" },
      t("connectResult", result),
    ),
  );
