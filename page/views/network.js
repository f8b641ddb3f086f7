// All nodes in one picture, and what can be done about them.

import { messageOf } from "../api.js";
import { el, foreign } from "../dom.js";
import { t } from "../i18n.js";
import { connectForm } from "./network/connect.js";
import { nodeDetail } from "./network/detail.js";
import { entrance } from "./network/entrance.js";
import { announcer } from "./network/announcer.js";
import { legend } from "./network/legend.js";
import { pageOf } from "./network/links.js";
import { networkPicture } from "./network/picture.js";
import { replacementNotice, roundReport } from "./network/replacement.js";
import { summary } from "./network/words.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { Network, Replacement, Status } from "../../types/v1.d.ts" */

/** Screens of less width scroll down, in pixels. */
const NARROW = 1120;

/** @param {Context} context */
export function networkView({ api }) {
  /** @type {string[]} */
  let own = [];
  /** @type {Network | null} */
  let network = null;
  const said = el("div", { role: "status", id: "network-status" });
  const replaced = el("div", { role: "status", id: "replacement" });
  const sum = el("span", { class: "quiet", id: "network-summary" });
  const way = (/** @type {string} */ address) => pageOf(address, location.hostname, own);
  const detail = nodeDetail({ pageOf: way, forget });
  const picture = networkPicture({ pageOf: way, open: detail.open, panel: detail.panel });
  const form = connectForm(api, way);
  const announce = announcer();
  const doors = el("div", {});
  const why = el("span", { class: "quiet", id: "longest-why" }, t("longestHelp"));
  const longest = el("button", { type: "button", class: "main", id: "longest", disabled: true, onclick: replace });
  longest.append(t("longest"));
  longest.setAttribute("aria-describedby", why.id);
  const element = el(
    "section",
    { class: "wide network", "aria-labelledby": "network-title" },
    el("div", { class: "head" }, el("h2", { id: "network-title" }, t("network")), sum, legend()),
    picture.element,
    announce.element,
    el(
      "div",
      { class: "ways" },
      el("div", { class: "asking" }, el("div", { class: "row" }, longest, why), said, replaced),
      form.form,
      doors,
    ),
    detail.panel,
  );

  /** Whether the picture is on the first screen of the page. A phone scrolls, as gathering makes nothing shorter there. */
  function fits() {
    const { offsetTop, offsetHeight } = picture.element;
    return innerWidth <= NARROW || offsetTop + offsetHeight <= innerHeight;
  }

  /** @param {unknown} error */
  function fail(error) {
    said.replaceChildren(el("p", { class: "bad" }, foreign(messageOf(error), 600)));
  }

  async function replace() {
    longest.disabled = true;
    said.replaceChildren(t("longestBusy"));
    try {
      said.replaceChildren(...roundReport(await api.replace(), nameAt));
    } catch (error) {
      fail(error);
    } finally {
      longest.disabled = false;
      longest.focus({ preventScroll: true });
    }
  }

  /** @param {string} address */
  const nameAt = (address) => network?.nodes.find((node) => node.address === address)?.name ?? null;

  /** @param {string} address */
  async function forget(address) {
    try {
      await api.disconnect(address);
    } catch (error) {
      fail(error);
    }
  }

  return {
    element,
    /**
     * The network is another one.
     * @param {Network} latest
     */
    draw(latest) {
      sum.textContent = summary(latest, picture.draw(latest, fits));
      detail.update(latest);
      form.update(latest);
      announce.say(network, latest);
      network = latest;
      const alone = latest.nodes.length < 2;
      longest.disabled = alone;
      why.textContent = t(alone ? "longestNone" : "longestHelp");
    },
    /**
     * What the node says of itself.
     * @param {Status} status
     */
    enter({ addresses }) {
      own = addresses;
      doors.replaceChildren(entrance(addresses));
    },
    /**
     * The chain was replaced: what was given up, and what waits again.
     * @param {Replacement} replacement
     */
    show(replacement) {
      replaced.replaceChildren(replacementNotice(replacement));
    },
  };
}
