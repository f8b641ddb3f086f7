// Other nodes: how they stand to this one, and what came of asking for the longest chain.

import { el, foreign, svg } from "../dom.js";
import { ms, number, t } from "../i18n.js";
import { paymentTable } from "./chain.js";

export function networkView({ api, problem, length }) {
  const list = el("ul", { class: "plain", id: "peers" });
  const said = el("div", { role: "status", id: "network-status" });
  const replaced = el("div", { role: "status", id: "replacement" });
  const box = el("textarea", {
    id: "nodes",
    rows: "2",
    placeholder: t("connectHint"),
    "aria-label": t("connectHint"),
    spellcheck: "false",
  });
  const element = el(
    "section",
    { "aria-labelledby": "network-title" },
    el(
      "div",
      { class: "head" },
      el("h2", { id: "network-title" }, t("network")),
      el(
        "span",
        { class: "row" },
        el("button", { type: "button", id: "refresh", onclick: () => refresh().catch(problem) }, t("refresh")),
        el(
          "button",
          { type: "button", class: "main", id: "longest", onclick: replace, title: t("longestHelp") },
          t("longest"),
        ),
      ),
    ),
    replaced,
    said,
    list,
    el("form", { class: "row", onsubmit: connect }, box, el("button", {}, t("connect"))),
  );

  async function connect(event) {
    event.preventDefault();
    const nodes = addresses(box.value);
    if (nodes === null) {
      said.replaceChildren(el("p", { class: "bad" }, t("connectBad")));
      return;
    }
    try {
      const answer = await api.connect(nodes);
      said.replaceChildren(el("p", {}, t("connected", answer.added.length)));
      box.value = "";
      await refresh();
    } catch (error) {
      said.replaceChildren(el("p", { class: "bad" }, foreign(error.message)));
    }
  }

  async function replace() {
    try {
      const round = await api.replace();
      said.replaceChildren(
        el("p", {}, round.replaced ? t("replacedBy", round.replacement.from ?? "", round.length) : t("kept")),
        el(
          "ul",
          { class: "plain" },
          ...round.offers.map((offer) =>
            el(
              "li",
              {},
              el(
                "span",
                {},
                el("strong", {}, foreign(offer.address)),
                ` ${t("outcome", offer.outcome)} · ${ms(offer.took_ms)}`,
              ),
              el("span", { class: "quiet" }, foreign(offer.reason, 600)),
            ),
          ),
        ),
      );
      await refresh();
    } catch (error) {
      problem(error);
    }
  }

  async function forget(address) {
    try {
      await api.disconnect(address);
      await refresh();
    } catch (error) {
      problem(error);
    }
  }

  async function refresh() {
    const { peers } = await api.peers();
    const items = peers.map((peer) =>
      el(
        "li",
        { "data-address": peer.address, "data-relation": peer.relation ?? peer.state },
        el(
          "span",
          { class: "row" },
          el("a", { href: `http://${peer.address}/` }, foreign(peer.address)),
          el(
            "span",
            { class: peer.relation === "same" ? "good" : peer.state === "fails" ? "bad" : "" },
            relation(peer),
          ),
          peer.length !== null && el("span", { class: "quiet" }, t("blocks", peer.length)),
          el(
            "button",
            { type: "button", class: "plain", onclick: () => forget(peer.address) },
            el("span", { "aria-hidden": "true" }, "×"),
            el("span", { class: "unseen" }, t("remove", peer.address)),
          ),
        ),
        peer.kind === "listing" && el("span", { class: "quiet" }, t("listing")),
        peer.error !== null && el("span", { class: "quiet" }, foreign(peer.error, 600)),
        peer.relation === "parted" && branches(peer),
      ),
    );
    list.replaceChildren(...(items.length ? items : [el("li", { class: "quiet" }, t("networkNone"))]));
  }

  function relation(peer) {
    if (peer.state !== "answers") return t(peer.state);
    return t("relation", peer.relation, Math.abs(peer.length - length()));
  }

  function branches(peer) {
    const common = peer.common?.index ?? 0;
    const [ours, theirs] = [length() - common, peer.length - common];
    return el(
      "div",
      {},
      fork(common, ours, theirs),
      el("p", { class: "quiet" }, t("partedAfter", common), " ", t("branches", ours, theirs)),
    );
  }

  return {
    element,
    refresh,
    /** The chain was replaced: what was given up, and what waits again. */
    show(replacement) {
      const { given_up, returned } = replacement;
      replaced.replaceChildren(
        el(
          "div",
          { class: "notice" },
          el(
            "strong",
            {},
            replacement.from
              ? t("replacedBy", replacement.from, replacement.length)
              : t("replacedFile", replacement.length),
          ),
          given_up.count > 0 &&
            el(
              "span",
              {},
              `${t("givenUp")}: ${t("blocks", given_up.count)} (${given_up.blocks
                .slice(0, 12)
                .map((block) => number(block.index))
                .join(", ")}${given_up.count > 12 ? "…" : ""})`,
            ),
          given_up.count > 0 && el("span", { class: "quiet" }, t("givenUpKept", given_up.number)),
          returned.count > 0
            ? el("span", {}, `${t("returned")}: ${t("payments", returned.count)}`)
            : el("span", { class: "quiet" }, t("nothingReturned")),
          returned.count > 0 && paymentTable(returned.transactions.slice(0, 20), returned.count),
        ),
      );
    },
  };
}

/** Addresses from what was pasted: nodes.json, or addresses one after the other; null when it is neither. */
function addresses(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) {
    try {
      const nodes = JSON.parse(trimmed).nodes;
      return Array.isArray(nodes) && nodes.every((node) => typeof node === "string") ? nodes : null;
    } catch {
      return null;
    }
  }
  const all = trimmed.split(/[\s,]+/).filter(Boolean);
  return all.length > 0 ? all : null;
}

/** The two branches after the last common block. */
function fork(common, ours, theirs) {
  const width = 460;
  const picture = svg("svg", {
    viewBox: `0 0 ${width} 110`,
    class: "fork",
    role: "img",
    "aria-label": `${t("partedAfter", common)} ${t("branches", ours, theirs)}`,
  });
  const line = (x1, y1, x2, y2) => picture.append(svg("line", { x1, y1, x2, y2 }));
  const block = (x, y, kind) =>
    picture.append(svg("rect", { x: x - 11, y: y - 11, width: 22, height: 22, rx: 5, class: kind }));
  const branch = (y, count, kind, name) => {
    const shown = Math.min(count, 7);
    if (common > 0) line(85, 55, 130, y);
    line(130, y, 130 + (shown - 1) * 36, y);
    for (let at = 0; at < shown; at += 1) block(130 + at * 36, y, kind);
    picture.append(
      svg("text", { x: 130 + shown * 36, y: y + 5 }, `${count > shown ? "… " : ""}${name} ${number(common + count)}`),
    );
  };
  branch(25, ours, "own", t("ours"));
  branch(85, theirs, "other", t("theirs"));
  if (common > 0) {
    line(30, 55, 85, 55);
    block(40, 55, "shared");
    block(85, 55, "shared");
    picture.append(svg("text", { x: 62, y: 90 }, number(common)));
  }
  return picture;
}
