// All nodes in one picture, and what can be done about them.

import { el } from "../dom.js";
import { enabledWhen } from "../enabled.js";
import { t } from "../i18n.js";
import { notice } from "../notice.js";
import { connectForm } from "./network/connect.js";
import { nodeDetail } from "./network/detail.js";
import { distinct } from "./network/distinct.js";
import { entrance } from "./network/entrance.js";
import { announcer } from "./network/announcer.js";
import { NARROW } from "./network/fit.js";
import { legend } from "./network/legend.js";
import { pageOf } from "./network/links.js";
import { networkPicture } from "./network/picture.js";
import { replacementNotice, roundReport } from "./network/replacement.js";
import { summary } from "./network/words.js";

/** @import { CommonApi, Head, Shell } from "../../types/page.d.ts" */
/** @import { Joining } from "../../types/network.d.ts" */
/** @import { Notice } from "../notice.js" */
/** @import { Network, ReplacementOf, RoundOf, Status } from "../../types/v1.d.ts" */

/** The printed rules hold without any flag. @type {Joining} */
const PRINTED = { flags: "", hint: "" };

/**
 * @template Paid payments of some rules
 * @param {Shell & { api: CommonApi & { replace(): Promise<RoundOf<ReplacementOf<Head, Paid>>> } }} context
 * @param {{ table: (payments: Paid[], total: number) => HTMLElement, deep?: number, joining?: (status: Status) => Joining }} shown the
 * payments that wait again, beyond how many blocks that were given up a replacement is a warning, and how a node of the same rules is started
 */
export function networkView(context, { table, deep = Infinity, joining = () => PRINTED }) {
  const { api, nameAt } = context;
  /** @type {string[]} */
  let own = [];
  /** @type {Network | null} */
  let network = null;
  const said = notice(el("div", { id: "network-status" }));
  const replaced = notice(el("div", { id: "replacement" }));
  const sum = el("span", { class: "quiet", id: "network-summary" });
  const way = (/** @type {string} */ address) => pageOf(address, location.hostname, own);
  const detail = nodeDetail(context, { pageOf: way, forget });
  const picture = networkPicture({ pageOf: way, open: detail.open, panel: detail.panel });
  const form = connectForm(context, way);
  const announce = announcer();
  /** Whether the replacement that is shown stays until somebody closes it. */
  let stays = false;
  const doors = el("div", {});
  const longest = el("button", { type: "button", class: "main", id: "longest", onclick: replace }, t("longest"));
  const able = enabledWhen(longest, context, "use", () => (isAlone() ? t("longestNone") : ""));
  const help = el("span", { class: "quiet" }, t("longestHelp"));
  const element = el(
    "section",
    { class: "wide network", "aria-labelledby": "network-title", tabindex: "-1" },
    el("div", { class: "head" }, el("h2", { id: "network-title" }, t("network")), sum, legend()),
    picture.element,
    announce.element,
    el(
      "div",
      { class: "ways" },
      el(
        "div",
        { class: "asking" },
        el("div", { class: "row" }, longest, able.why, help),
        said.element,
        replaced.element,
      ),
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

  /** Whether there is nobody to ask. */
  function isAlone() {
    return (network?.nodes.length ?? 1) < 2;
  }

  async function replace() {
    able.busy(true);
    said.say(() => t("longestBusy"));
    try {
      const round = await api.replace();
      said.done(() => roundReport(round, nameAt));
    } catch (error) {
      said.fail(error);
    } finally {
      able.busy(false);
      longest.focus({ preventScroll: true });
    }
  }

  /** @param {string} address */
  async function forget(address) {
    // The button that opened the panel goes with the node.
    element.focus({ preventScroll: true });
    try {
      await api.disconnect(address);
    } catch (error) {
      said.fail(error);
    }
  }

  /** @param {Notice} place */
  function close(place) {
    stays = false;
    place.clear();
    // The views may have been made anew meanwhile.
    document.getElementById("longest")?.focus({ preventScroll: true });
  }

  return {
    element,
    /**
     * The network is another one.
     * @param {Network} latest
     */
    draw(latest) {
      const once = distinct(latest);
      sum.textContent = summary(once, picture.draw(once, fits));
      detail.update(latest);
      form.update(latest);
      announce.say(network, once);
      network = once;
      able.update();
      help.hidden = longest.disabled;
    },
    /**
     * What the node says of itself.
     * @param {Status} status
     */
    enter(status) {
      own = status.addresses;
      doors.replaceChildren(entrance(own, joining(status)));
    },
    /**
     * The chain was replaced: what was given up, and what waits again.
     * @param {ReplacementOf<Head, Paid>} replacement
     */
    show(replacement) {
      const isDeep = replacement.given_up.count > deep;
      if (stays && !isDeep) return;
      stays = isDeep;
      const parts = { table, deep: isDeep };
      replaced.say((place) => replacementNotice(replacement, parts, context.status(), nameAt, () => close(place)));
    },
    /** The chain has gone on or is another one: what waited again may be in a block. */
    pass() {
      if (!stays) replaced.clear();
    },
  };
}
