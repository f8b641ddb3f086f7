// The header of the page: whose node this is, whether it runs, and what the page looks like.

import { el, fill, foreign } from "./dom.js";
import { LANGUAGES, choose, language, t } from "./i18n.js";
import { notice } from "./notice.js";

/** @import { Child, Shell, Views } from "../types/page.d.ts" */
/** @import { Status } from "../types/v1.d.ts" */

const KEY = "bcoin-theme";

/**
 * The header, and the banner below it that stands while the node is gone.
 * @param {Shell} context
 * @param {Views["about"]} tell what is said of the node
 * @param {() => void} changed called when another language was chosen
 */
export function pageHeader(context, tell, changed) {
  const running = el("span", { class: "state", role: "status", id: "state" });
  const heading = el("h1", {});
  const about = el("p", { class: "quiet", id: "about" });
  const banner = el("div", { class: "banner", role: "alert", hidden: true });
  const said = notice(el("div", { id: "said" }));

  function show() {
    const is = context.alive();
    running.classList.toggle("gone", !is);
    running.textContent = t(is && context.status() ? "alive" : "connecting");
    banner.hidden = is;
    banner.textContent = is ? "" : t("gone");
    if (!is) said.clear();
    const status = context.status();
    fill(about, ...(status ? tell(status) : []));
    const name = status?.name;
    heading.replaceChildren(
      ...(name ? [foreign(name), " ", el("span", { class: "quiet" }, t("title"))] : [t("title")]),
    );
  }

  context.onState(show);
  show();
  const who = el("div", { class: "who" }, heading, about);
  const links = [el("a", { href: "/class" }, t("classLink")), el("a", { href: "/docs" }, t("documentation"))];
  const tools = el("div", { class: "tools" }, languages(changed), theme(), ...links);
  return { elements: [el("header", {}, who, running, tools), banner, said.element], said };
}

/**
 * The node, who is paid for its blocks, where its data is, and its version; what the rules say of it stands between.
 * @param {Status} status
 * @param {Child} miner
 * @param {...Child} further
 */
export const aboutNode = ({ node_address, data, version }, miner, ...further) => [
  `${t("node")} `,
  el("code", {}, node_address.slice(0, 8)),
  ` · ${t("miner")}: `,
  miner,
  ...further,
  ` · ${t("data", data)} · ${version}`,
];

/** @param {() => void} changed */
function languages(changed) {
  const options = Object.entries(LANGUAGES).map(([tag, texts]) =>
    el("option", { value: tag, lang: tag, selected: tag === language }, texts.name),
  );
  const select = el("select", { "aria-label": t("language"), id: "language", onchange }, ...options);
  function onchange() {
    choose(select.value);
    changed();
  }
  return select;
}

function theme() {
  const root = document.documentElement;
  try {
    const chosen = localStorage.getItem(KEY);
    if (chosen) root.dataset.theme = chosen;
  } catch {
    // The system's choice holds then.
  }
  const turn = () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem(KEY, root.dataset.theme);
    } catch {
      // It holds until the page is left.
    }
  };
  return el("button", { type: "button", id: "theme", onclick: turn, "aria-label": t("theme"), title: t("theme") }, "◐");
}
