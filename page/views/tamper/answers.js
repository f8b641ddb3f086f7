// What the nodes say of the copy: those that say the same stand together.

import { el, foreign } from "../../dom.js";
import { number, t } from "../../i18n.js";

/** @import { Judgements, PeerJudgement, Verdict } from "../../../types/v1.d.ts" */

/** What stands before a verdict, so that it is not told by colour alone. */
const MARKS = { longer: "✓", not_longer: "=", refused: "✕", none: "?" };
const ORDER = /** @type {const} */ (["longer", "not_longer", "refused", "none"]);
/** The longest name that is shown in full. */
const NAME = 60;

/** @param {Judgements} answers */
export function answersList({ judgements }) {
  /** @type {Map<string, { verdict: Verdict | "none", text: string, strangers: number, nodes: PeerJudgement[] }>} */
  const groups = new Map();
  for (const node of judgements) {
    const { judgement, error_code } = node;
    const verdict = judgement?.verdict ?? "none";
    const text = judgement ? t("judged", judgement) : t("notJudged", error_code);
    const group = groups.get(`${verdict} ${text}`) ?? { verdict, text, strangers: 0, nodes: [] };
    group.nodes.push(node);
    if (judgement?.code === "unknown_parent" && node.address !== null) group.strangers += 1;
    groups.set(`${verdict} ${text}`, group);
  }
  const sorted = [...groups.values()].sort((one, other) => ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict));
  return el(
    "ul",
    { class: "answers" },
    ...sorted.map(({ verdict, text, strangers, nodes }) =>
      el(
        "li",
        { "data-verdict": verdict },
        el("span", { class: "mark", "aria-hidden": "true" }, MARKS[verdict]),
        el(
          "span",
          {},
          el("strong", {}, ...nodes.flatMap((node, at) => [at > 0 ? ", " : "", nameOf(node)])),
          nodes.length > 3 && ` (${number(nodes.length)})`,
          el("span", { class: "words" }, text),
          strangers > 0 && el("span", { class: "words quiet" }, t("otherChains", strangers)),
        ),
      ),
    ),
  );
}

/** @param {PeerJudgement} node */
function nameOf({ name, address }) {
  if (address === null) return el("span", {}, t("judgeHere"), ...(name ? [" (", foreign(name, NAME), ")"] : []));
  return foreign(name ?? address, NAME);
}
