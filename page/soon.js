// Lists that are read anew after events.

/**
 * Reads a list anew, soon, and once however often it is asked for meanwhile.
 * @param {() => Promise<void>} refresh
 * @param {number} rest how long to rest after each reading, in milliseconds
 */
export function soon(refresh, rest) {
  let due = false;
  let running = false;
  const run = async () => {
    running = true;
    while (due) {
      due = false;
      await refresh().catch(() => {});
      await new Promise((resume) => setTimeout(resume, rest));
    }
    running = false;
  };
  return () => {
    due = true;
    if (!running) run();
  };
}

/** How long to rest after reading a list anew, in milliseconds. */
export const REST = { pending: 250, accounts: 1000 };
