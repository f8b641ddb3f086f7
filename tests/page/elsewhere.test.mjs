// Nodes of another network: they answer, and exchange nothing with this one. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { test } from "node:test";

// What the texts ask a browser for.
globalThis.location = new URL("http://127.0.0.1/?lang=en");
globalThis.document = { documentElement: {} };
globalThis.navigator ??= { languages: [] };
const { news } = await import("../../page/views/network/news.js");
const { elsewhere } = await import("../../page/views/network/words.js");
const { LANGUAGES } = await import("../../page/i18n.js");

const OTHER = ["other_rules", "other_network"];
const node = (state, error_code = null) => ({ address: "x:1", name: "Ada", state, error_code, tip_hash: null });
const network = (one) => ({ nodes: [one], branches: [] });

test("a node of another room or other rules is elsewhere, and one that cannot be reached is not", () => {
  for (const code of OTHER) {
    assert.equal(elsewhere(node("fails", code)), code);
    assert.equal(elsewhere(node("answers", code)), null);
  }
  for (const code of ["refused", "too_slow", "bad_chain", null]) assert.equal(elsewhere(node("fails", code)), null);
});

test("of a node that turns out to be elsewhere nobody is told that it does not answer", () => {
  const told = (after) => news(network(node("unasked")), network(after));
  assert.equal(told(node("fails", "refused")), "Ada does not answer any more.");
  for (const code of OTHER) assert.equal(told(node("fails", code)), LANGUAGES.en.newsElsewhere("Ada", code));
  const back = (before) => news(network(before), network(node("answers")));
  assert.equal(back(node("fails", "refused")), "Ada answers again.");
  assert.equal(back(node("fails", "other_network")), "Ada is in the network.");
});

test("every language names what keeps a node elsewhere", () => {
  for (const texts of Object.values(LANGUAGES)) {
    const tags = OTHER.map((code) => texts.elsewhereTag(code));
    assert.equal(new Set([...tags, texts.goneTag]).size, 3);
    for (const code of OTHER) {
      assert.ok(texts.newsElsewhere("Ada", code).includes("Ada"));
      const reason = texts.peerError(code);
      assert.ok(texts.connectFailed(reason).endsWith(reason));
    }
  }
});

test("the hint for a room that its name does not make quotes the tag that its nodes get", async () => {
  for (const language of Object.keys(LANGUAGES)) {
    const { default: sound } = await import(`../../page/languages/sound/${language}.js`);
    assert.ok(sound.joinElsewhere.includes(`“${LANGUAGES[language].elsewhereTag("other_network")}”`), language);
  }
});
