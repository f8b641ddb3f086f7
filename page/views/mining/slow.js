// The switch that slows the show of a search.

import { el } from "../../dom.js";
import { t } from "../../i18n.js";

const KEY = "bcoin-slow";

export function slowSwitch() {
  const box = el("input", { type: "checkbox", id: "slow", checked: read(), "aria-describedby": "slow-help", onchange });
  const help = el("p", { class: "quiet", id: "slow-help", hidden: !box.checked }, t("slowHelp"));
  const element = el("label", { class: "switch" }, box, t("slowly"));

  function onchange() {
    help.hidden = !box.checked;
    try {
      localStorage.setItem(KEY, String(box.checked));
    } catch {
      // It holds until the page is left.
    }
  }

  return { element, help, isOn: () => box.checked };
}

function read() {
  try {
    return localStorage.getItem(KEY) === "true";
  } catch {
    // A browser that keeps nothing for pages.
    return false;
  }
}
