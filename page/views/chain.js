// The chain as cards joined by their hashes, newest first. Only the cards that are seen are in the page.

import { el, foreign } from "../dom.js";
import { short, strip } from "../hash.js";
import { t, number } from "../i18n.js";
import { sha256 } from "../ledger/sha256.js";

/** Headers are read and kept in pages of this many. */
const PAGE = 100;
/** How many pages are kept; the ones that were not used for longest go first. */
const PAGES = 30;
/** Cards beyond the edge that are drawn as well. */
const MARGIN = 4;
/** Browsers cannot make a sheet of any height: this many blocks are on it at a time. */
const SHEET = 100_000;
/** Payments of a block that are shown. */
const MOST_ROWS = 200;

export function chainView({ api, problem }) {
  const pages = new Map();
  const loading = new Set();
  const cards = new Map();
  let length = 0;
  let newest = 0;
  let active = 0;
  let detailed = 0;

  const sheet = el("div", { class: "sheet", role: "list", "aria-label": t("chain") });
  const scroller = el(
    "div",
    { class: "chain", id: "chain", onscroll: () => requestAnimationFrame(draw), onkeydown: move },
    sheet,
  );
  const detail = el("div", { "aria-live": "polite" });
  const wanted = el("input", {
    name: "id",
    "aria-label": t("goTo"),
    placeholder: t("goToHint"),
    autocomplete: "off",
    spellcheck: "false",
  });
  const find = el("form", { class: "row", role: "search", onsubmit: search }, wanted, el("button", {}, t("go")));
  const count = el("span", { class: "quiet", id: "length" });
  const element = el(
    "section",
    { "aria-labelledby": "chain-title" },
    el("div", { class: "head" }, el("h2", { id: "chain-title" }, t("chain"), " ", count), find),
    el("p", { class: "quiet" }, t("chainHelp")),
    detail,
    scroller,
  );
  new ResizeObserver(() => draw()).observe(scroller);

  const height = () => {
    const root = getComputedStyle(document.documentElement);
    return parseFloat(root.fontSize) * parseFloat(root.getPropertyValue("--card"));
  };
  /** The blocks on the sheet: `newest` at the top, down to the first, or as far as a sheet goes. */
  const rows = () => Math.min(newest, SHEET);

  function header(index) {
    const number = Math.floor((index - 1) / PAGE);
    const page = pages.get(number);
    if (page) {
      // What was used last goes to the end.
      pages.delete(number);
      pages.set(number, page);
      if (page[(index - 1) % PAGE]) return page[(index - 1) % PAGE];
    }
    load(number);
    return null;
  }

  async function load(page) {
    if (loading.has(page)) return;
    loading.add(page);
    try {
      const answer = await api.headers(page * PAGE + 1, PAGE);
      for (const found of answer.headers) keep(found);
      requestAnimationFrame(draw);
    } catch (error) {
      problem(error);
    } finally {
      loading.delete(page);
    }
  }

  function keep(found) {
    const number = Math.floor((found.index - 1) / PAGE);
    if (!pages.has(number)) pages.set(number, []);
    pages.get(number)[(found.index - 1) % PAGE] = found;
    while (pages.size > PAGES) pages.delete(pages.keys().next().value);
  }

  function card(index, found) {
    const links = found
      ? el(
          "span",
          { class: "links" },
          el("span", { class: "quiet" }, t("hash")),
          strip(found.hash),
          short(found.hash),
          el("span", { class: "quiet" }, "↓"),
          strip(found.previous_hash),
          short(found.previous_hash),
        )
      : el("span", { class: "quiet" }, t("loading"));
    return el(
      "button",
      {
        class: `card${index === 1 ? " first" : ""}`,
        type: "button",
        "data-index": index,
        "data-loaded": String(found !== null),
        onclick: () => open(index),
      },
      el("span", { class: "index" }, t("block", number(index))),
      links,
      el("span", { class: "quiet" }, found ? t("transactions", found.transactions) : ""),
      el(
        "span",
        { class: "quiet" },
        found ? foreign(found.timestamp, 40) : "",
        found ? ` · ${t("proof")} ${found.proof}` : "",
      ),
    );
  }

  function draw(fresh = 0) {
    const step = height();
    sheet.setAttribute("data-rows", rows());
    sheet.style.height = `${rows() * step}px`;
    const top = Math.max(0, Math.floor(scroller.scrollTop / step) - MARGIN);
    const bottom = Math.min(rows(), Math.ceil((scroller.scrollTop + scroller.clientHeight) / step) + MARGIN);
    const seen = new Set();
    for (let row = top; row < bottom; row += 1) {
      const index = newest - row;
      seen.add(index);
      const found = header(index);
      let item = cards.get(index);
      if (!item || (found && item.hash !== found.hash)) {
        const focused = item?.button === document.activeElement;
        item?.box.remove();
        const button = card(index, found);
        item = {
          box: el("div", { role: "listitem", "aria-posinset": row + 1, "aria-setsize": newest }, button),
          button,
          hash: found?.hash,
        };
        if (index === fresh) button.classList.add("new");
        cards.set(index, item);
        sheet.append(item.box);
        if (focused) button.focus({ preventScroll: true });
      }
      item.button.style.top = `${row * step}px`;
      item.button.tabIndex = index === (active || newest) ? 0 : -1;
      item.button.setAttribute("aria-current", String(index === detailed));
    }
    for (const [index, item] of cards) {
      if (!seen.has(index)) {
        item.box.remove();
        cards.delete(index);
      }
    }
  }

  function reveal(index) {
    if (index > newest || index <= newest - rows()) newest = Math.min(length, index + SHEET / 2);
    const step = height();
    const place = (newest - index) * step;
    if (place < scroller.scrollTop || place + step > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = Math.max(0, place - scroller.clientHeight / 3);
    }
    draw();
  }

  function focus(index) {
    active = Math.min(Math.max(index, 1), newest);
    reveal(active);
    cards.get(active)?.button.focus({ preventScroll: true });
  }

  function move(event) {
    const steps = { ArrowDown: -1, ArrowUp: 1, PageDown: -8, PageUp: 8, Home: Infinity, End: -Infinity };
    if (!Object.hasOwn(steps, event.key)) return;
    event.preventDefault();
    focus((active || newest) + steps[event.key]);
  }

  async function search(event) {
    event.preventDefault();
    const id = wanted.value.trim();
    if (id) await open(id);
  }

  async function open(id) {
    try {
      const [block, text] = await Promise.all([api.block(id), api.text(id)]);
      detailed = block.index;
      active = block.index;
      show(block, text);
      reveal(block.index);
    } catch (error) {
      problem(error);
    }
  }

  function show(block, text) {
    const payments = block.transactions.slice(0, MOST_ROWS);
    const link =
      block.index > 1
        ? el(
            "button",
            {
              class: "plain",
              type: "button",
              id: "follow",
              title: t("followLink", block.index - 1),
              onclick: () => open(block.previous_hash),
            },
            el("code", {}, block.previous_hash),
          )
        : el("code", {}, foreign(block.previous_hash));
    const same = sha256(text) === block.hash;
    const box = el(
      "article",
      { class: "detail", "aria-labelledby": "detail-title", tabindex: "-1" },
      el(
        "div",
        { class: "row" },
        el(
          "h3",
          { id: "detail-title" },
          t("block", number(block.index)),
          block.index === 1 ? ` (${t("genesis")})` : "",
        ),
        el("button", { type: "button", onclick: close }, t("close")),
      ),
      el(
        "dl",
        {},
        el("dt", {}, t("hash")),
        el("dd", {}, strip(block.hash), el("code", { id: "block-hash" }, block.hash)),
        el("dt", {}, t("previousHash")),
        el("dd", {}, strip(block.previous_hash), link),
        el("dt", {}, t("proof")),
        el("dd", {}, block.proof),
        el("dt", {}, t("made")),
        el("dd", {}, foreign(block.timestamp)),
      ),
      payments.length === 0
        ? el("p", { class: "quiet" }, t("nothingIn"))
        : paymentTable(payments, block.transactions.length),
      el(
        "details",
        {},
        el("summary", {}, t("hashedText")),
        el("pre", { class: "hashed", tabindex: "0" }, text),
        el("p", { class: same ? "good" : "bad" }, t(same ? "sameHash" : "otherHash")),
      ),
    );
    detail.replaceChildren(box);
    box.focus({ preventScroll: true });
  }

  function close() {
    detail.replaceChildren();
    const index = detailed;
    detailed = 0;
    focus(index);
  }

  return {
    element,
    open,
    /** The chain has so many blocks; what is known of those after `fork` is not true any more. */
    reset(blocks, fork = 0) {
      for (const number of [...pages.keys()]) {
        if ((number + 1) * PAGE > fork) pages.delete(number);
      }
      for (const item of cards.values()) item.box.remove();
      cards.clear();
      if (detailed > fork) detail.replaceChildren();
      this.grow(blocks);
    },
    /** A block was mined. */
    add(found) {
      keep(found);
      this.grow(found.index, found.index);
    },
    grow(blocks, fresh) {
      const atEnd = newest === length;
      const looked = scroller.scrollTop;
      const added = blocks - length;
      length = blocks;
      if (atEnd) newest = length;
      count.textContent = t("blocks", length);
      count.dataset.length = length;
      // Who looks at older blocks goes on looking at them.
      if (atEnd && added > 0 && looked > height()) scroller.scrollTop = looked + added * height();
      draw(fresh);
    },
  };
}

/** Payments as a table. */
export function paymentTable(payments, total) {
  const heads = [
    ["sender", "from"],
    ["receiver", "to"],
  ];
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": t("payments", total) },
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ...heads.map(([, key]) => el("th", { scope: "col" }, t(key))),
          el("th", { scope: "col", class: "amount" }, t("amount")),
        ),
      ),
      el(
        "tbody",
        {},
        ...payments.map((payment) =>
          el(
            "tr",
            {},
            ...heads.map(([field]) => el("td", {}, foreign(payment[field]))),
            el("td", { class: "amount" }, foreign(payment.amount)),
          ),
        ),
      ),
    ),
    total > payments.length && el("p", { class: "quiet" }, t("moreRows", total - payments.length)),
  );
}
