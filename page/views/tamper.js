// Try to tamper: a copy of the last blocks in which everything can be changed.

import { el } from "../dom.js";
import { short, strip } from "../hash.js";
import { t } from "../i18n.js";
import { JsonNumber, parse } from "../ledger/json.js";
import { readBlock, tipOf } from "../ledger/rules.js";
import { Copy } from "../ledger/tamper.js";

/** How many blocks a copy has. */
const BLOCKS = 6;
/** How many payments of a block can be changed; a block may hold thousands. */
const PAYMENTS = 8;

export function tamperView({ api, problem, length }) {
  const said = el("p", { role: "status", id: "verdict" });
  const cards = el("div", { class: "copies", id: "copies" });
  const start = el("button", { type: "button", class: "main", id: "copy", onclick: begin }, t("tamperStart"));
  const relink = el("button", { type: "button", id: "relink", hidden: true, onclick: linkAnew }, t("relink"));
  const element = el(
    "section",
    { class: "wide late", "aria-labelledby": "tamper-title" },
    el(
      "div",
      { class: "head" },
      el("h2", { id: "tamper-title" }, t("tamper")),
      el("span", { class: "row" }, relink, start),
    ),
    el("p", { class: "quiet" }, t("tamperHelp")),
    said,
    cards,
  );
  let copy = null;
  let shown = [];

  async function begin() {
    try {
      const first = Math.max(1, length() - BLOCKS + 1);
      const indices = Array.from({ length: length() - first + 1 }, (_, at) => first + at);
      const [before, ...texts] = await Promise.all([
        first > 1 ? api.text(first - 1) : null,
        ...indices.map((index) => api.text(index)),
      ]);
      copy = new Copy(texts, before === null ? null : tipOf(readBlock(parse(before))));
      shown = texts.map((_, place) => card(place));
      cards.replaceChildren(...shown.map((one) => one.element));
      start.textContent = t("tamperAgain");
      relink.hidden = false;
      judge();
    } catch (error) {
      problem(error);
    }
  }

  function card(place) {
    const inputs = [];
    const input = (field, transaction) => {
      const node = el("input", {
        spellcheck: "false",
        autocomplete: "off",
        "data-field": field,
        oninput: () => {
          copy.edit(place, field, node.value, transaction);
          judge();
        },
      });
      inputs.push({ node, field, transaction });
      return el("label", {}, field, node);
    };
    const payments = copy.blocks[place].get("transactions").slice(0, PAYMENTS);
    const hash = el("span", {});
    const verdict = el("p", {});
    const title = el("h3", {});
    const prove = el("button", { type: "button", onclick: () => findProof(place) }, t("findProof"));
    const box = el(
      "article",
      { class: "copy", "data-place": place },
      title,
      input("index"),
      input("previous_hash"),
      input("proof"),
      input("timestamp"),
      ...payments.map((_, at) =>
        el(
          "fieldset",
          {},
          el("legend", { class: "quiet" }, `${t("payment")} ${at + 1}`),
          input("amount", at),
          input("sender", at),
          input("receiver", at),
        ),
      ),
      hash,
      verdict,
      prove,
    );
    return { element: box, inputs, hash, verdict, title, prove };
  }

  async function findProof(place) {
    try {
      shown[place].prove.disabled = true;
      await copy.mine(place);
    } catch (error) {
      problem(error);
    } finally {
      shown[place].prove.disabled = false;
      judge();
    }
  }

  function linkAnew() {
    const changed = copy.relink();
    judge(t("relinked", changed));
  }

  function judge(first = "") {
    let wrong = 0;
    let changed = 0;
    shown.forEach((one, place) => {
      const faults = copy.faults(place);
      const block = copy.blocks[place];
      wrong += faults.length > 0 ? 1 : 0;
      changed += copy.isChanged(place) ? 1 : 0;
      one.element.classList.toggle("wrong", faults.length > 0);
      one.element.dataset.faults = faults.map((fault) => fault.code).join(" ");
      one.title.replaceChildren(
        t("block", fieldText(block, "index")),
        " ",
        copy.isChanged(place) ? el("span", { class: "tag" }, t("changed")) : "",
      );
      one.hash.replaceChildren(strip(copy.hashes[place]), short(copy.hashes[place]));
      one.hash.dataset.hash = copy.hashes[place];
      one.verdict.className = faults.length > 0 ? "bad" : "good";
      one.verdict.textContent =
        faults.length > 0 ? faults.map((fault) => t("fault", fault.code, fault.data)).join(" ") : t("valid");
      one.prove.hidden = !faults.some((fault) => fault.code === "proof");
      for (const { node, field, transaction } of one.inputs) {
        const value =
          transaction === undefined
            ? fieldText(block, field)
            : fieldText(block.get("transactions")[transaction], field);
        if (node !== document.activeElement && node.value !== value) node.value = value;
      }
    });
    said.textContent = [first, wrong > 0 ? t("broken", wrong) : changed > 0 ? t("allRight") : t("untouched")]
      .filter(Boolean)
      .join(" ");
    said.dataset.wrong = wrong;
  }

  return { element };
}

/** A field as it is typed. */
function fieldText(map, field) {
  const value = map.get(field);
  return value instanceof JsonNumber ? value.text : String(value);
}
