// A form that connects other nodes, and what became of each address.

import { el, foreign } from "../../dom.js";
import { enabledWhen } from "../../enabled.js";
import { t } from "../../i18n.js";
import { notice } from "../../notice.js";
import { addressOf, addressesIn, isPortTooLarge } from "./links.js";

/** @import { CommonApi, Shell } from "../../../types/page.d.ts" */
/** @import { Network, PeerErrorCode } from "../../../types/v1.d.ts" */

/**
 * @param {Shell & { api: CommonApi }} context
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
    onkeydown: sendByEnter,
  });
  const said = notice(el("div", { id: "connect-status" }));
  const button = el("button", { id: "connect" }, t("connect"));
  const { why } = enabledWhen(button, context, "use");
  /**
   * Addresses of the last attempt, whether each was new, and whether the network has held it since, also in another language.
   * @type {{ tried: { address: string, added: boolean, seen: boolean }[] }}
   */
  const kept = context.keep("tried addresses", () => ({ tried: [] }));
  /** @type {Network | null} */
  let network = null;
  let drawn = "";

  function draw() {
    dropForgotten();
    const results = kept.tried.map(({ address, added }) => ({ address, ...resultOf(address, added) }));
    if (results.length === 0 || JSON.stringify(results) === drawn) return;
    drawn = JSON.stringify(results);
    said.say(() => el("ul", { class: "results" }, ...results.map(resultItem)));
  }

  /** An address that was in the network and is not any more has been forgotten: nothing is to be said of it. */
  function dropForgotten() {
    const listed = new Set(network?.nodes.map((node) => node.address));
    kept.tried = kept.tried.filter(({ address, seen }) => !seen || listed.has(address));
    for (const one of kept.tried) one.seen ||= listed.has(one.address);
    if (kept.tried.length === 0) said.clear();
  }

  /**
   * @param {string} address
   * @param {boolean} added
   * @returns {{ result: Result, code?: PeerErrorCode | null }} `code` says why a node fails
   */
  function resultOf(address, added) {
    const node = network?.nodes.find((one) => one.address === address);
    if (!node && pageOf(address) === `${location.origin}/`) return { result: "itself" };
    if (!added) return { result: "known" };
    if (node?.state === "answers") return { result: "connected" };
    return node?.state === "fails" ? { result: "fails", code: node.error_code } : { result: "asking" };
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
    const beyond = nodes.find(isPortTooLarge);
    if (beyond !== undefined) {
      forget();
      said.warn(
        () => foreign(beyond, 80),
        ": ",
        () => t("addressFault", "port_too_large"),
      );
      return;
    }
    try {
      const { added } = await context.api.connect(nodes);
      const known = nodes.map(addressOf).filter((address) => !added.includes(address));
      kept.tried = [
        ...added.map((address) => ({ address, added: true, seen: false })),
        // An address that is written in another way than the node writes it is among those that were added.
        ...known.slice(0, nodes.length - added.length).map((address) => ({ address, added: false, seen: false })),
      ];
      box.value = "";
      drawn = "";
      draw();
    } catch (error) {
      forget();
      said.fail(error);
    }
  }

  /**
   * Enter connects, as in a field of one line; in the JSON of nodes.json it begins a new line.
   * @param {KeyboardEvent} event
   */
  function sendByEnter(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || box.value.trimStart().startsWith("{")) return;
    event.preventDefault();
    if (!button.disabled) form.requestSubmit();
  }

  /** What was tried before is not what is told of now. */
  function forget() {
    kept.tried = [];
    drawn = "";
  }

  const label = el("label", { class: "field" }, t("connectTitle"), box);
  const form = el("form", { class: "connect", onsubmit: connect }, label, button, why, said.element);
  return {
    form,
    /** @param {Network} latest */
    update(latest) {
      network = latest;
      if (kept.tried.length) draw();
    },
  };
}

/** @typedef {"connected" | "known" | "fails" | "asking" | "itself"} Result */

/** @param {{ address: string, result: Result, code?: PeerErrorCode | null }} tried */
const resultItem = ({ address, result, code }) =>
  el(
    "li",
    { "data-result": result },
    foreign(address, 80),
    ": ",
    el(
      "span",
      { class: result === "connected" ? "good" : result === "fails" ? "bad" : "" },
      code ? t("connectFailed", t("peerError", code)) : t("connectResult", result),
    ),
  );
