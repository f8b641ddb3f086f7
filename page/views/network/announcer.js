// Says changes of the network to those who do not see the picture: one sentence at a time, and not too often.

import { el } from "../../dom.js";
import { news } from "./news.js";

/** @import { Network } from "../../../types/v1.d.ts" */

/** How long to rest between two sentences, in milliseconds. */
const REST = 4000;

export function announcer() {
  const element = el("p", { class: "unseen", role: "status", id: "network-news" });
  /** The network of which was spoken last. @type {Network | null} */
  let spoken = null;
  /** @type {Network | null} */
  let latest = null;
  let resting = false;

  function speak() {
    if (resting || !spoken || !latest) return;
    const sentence = news(spoken, latest);
    spoken = latest;
    if (!sentence) return;
    element.textContent = sentence;
    resting = true;
    setTimeout(() => {
      resting = false;
      speak();
    }, REST);
  }

  return {
    element,
    /**
     * @param {Network | null} before
     * @param {Network} after
     */
    say(before, after) {
      spoken ??= before;
      latest = after;
      speak();
    },
  };
}
