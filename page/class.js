// Starts the page for a projector: the picture of the network alone, as large as it fits, with nothing to click.

import { listen, readStatus } from "./api.js";
import { el, foreign } from "./dom.js";
import { speakOf, t } from "./i18n.js";
import { distinct } from "./views/network/distinct.js";
import { fitter } from "./views/network/fit.js";
import { legend } from "./views/network/legend.js";
import { networkPicture } from "./views/network/picture.js";
import { summary } from "./views/network/words.js";

/** @import { Network, Status } from "../types/v1.d.ts" */

/** How long to wait between attempts to reach a node that is gone, in milliseconds. */
const PAUSE = 1000;

const picture = networkPicture(null);
const title = el("h1", {}, t("title"));
const sum = el("p", { class: "quiet", id: "network-summary" });
const gone = el("p", { class: "away", role: "alert", hidden: true });
const fit = fitter(picture.element);

try {
  const theme = new URLSearchParams(location.search).get("theme") ?? localStorage.getItem("bcoin-theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing for pages: the system's choice holds.
}
document.body.append(
  el("header", {}, title, sum, legend()),
  gone,
  el("main", { class: "network" }, el("h2", { class: "unseen" }, t("network")), picture.element),
);
addEventListener("resize", fit);

/** @param {Status} status */
function enter({ name, rules }) {
  speakOf(rules);
  title.replaceChildren(foreign(t("classTitle", name)));
  document.title = t("classTitle", name);
}

/** @param {Network} network */
function changed(network) {
  const once = distinct(network);
  sum.textContent = summary(once, picture.draw(once, fit));
  fit();
}

/** @param {boolean} is */
function alive(is) {
  if (is && !gone.hidden) reread();
  gone.hidden = is;
  gone.textContent = is ? "" : t("gone");
  fit();
}

/** The node may be another one when it comes back. */
async function reread() {
  try {
    enter(await readStatus());
  } catch {
    // It is gone again, which the stream of events says.
  }
}

async function start() {
  try {
    const status = await readStatus();
    enter(status);
    gone.hidden = true;
    listen(status.last_event, { heard: () => {}, alive, changed });
  } catch {
    alive(false);
    setTimeout(start, PAUSE);
  }
}

start();
