// Which page a node has: one for each set of rules. Nothing else asks which rules there are.

import { api, soundApi } from "./api.js";
import { chapterViews } from "./rules/chapter.js";
import { soundViews } from "./rules/sound.js";
import { state } from "./state.js";

/** @import { Shell, Views } from "../types/page.d.ts" */
/** @import { Rules } from "../types/v1.d.ts" */

/** @type {Record<Rules, (shell: Shell) => Views>} */
const PAGES = {
  chapter: (shell) => chapterViews({ ...shell, api }),
  sound: (shell) => soundViews({ ...shell, api: soundApi, setTip: state.setTip }),
};

/**
 * The views of a node under these rules.
 * @param {Rules} rules
 * @param {Shell} shell
 */
export const viewsOf = (rules, shell) => PAGES[rules](shell);
