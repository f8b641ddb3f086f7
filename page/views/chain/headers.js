// Headers of blocks: read from the node in pages, and kept.

/** @import { Head, Shell } from "../../../types/page.d.ts" */

/** Headers are read and kept in pages of this many. */
const PAGE = 100;
/** How many pages are kept; the ones that were not used for longest go first. */
const PAGES = 30;

const pageOf = (/** @type {number} */ index) => Math.floor((index - 1) / PAGE);
const placeOf = (/** @type {number} */ index) => (index - 1) % PAGE;

/**
 * The headers of some rules.
 * @template {Head} H
 */
export class Headers {
  /** @param {Shell & { api: { headers(from: number, limit: number): Promise<{ headers: H[] }> } }} context */
  constructor({ api, problem, keep }) {
    this.api = api;
    this.problem = problem;
    /** @type {(() => void)[]} */
    this.listeners = [];
    /** @type {Map<number, H[]>} */
    this.pages = keep("headers", () => new Map());
    /** @type {Set<number>} */
    this.loading = new Set();
  }

  /** @param {() => void} listener told when headers have been read */
  onArrival(listener) {
    this.listeners.push(listener);
  }

  /**
   * The header of a block if it is kept; nothing is asked for.
   * @param {number} index
   */
  peek(index) {
    return this.pages.get(pageOf(index))?.[placeOf(index)] ?? null;
  }

  /**
   * The header of a block; null when it is not kept, and then it is asked for.
   * @param {number} index
   */
  get(index) {
    const number = pageOf(index);
    const page = this.pages.get(number);
    if (page) {
      // What was used last goes to the end.
      this.pages.delete(number);
      this.pages.set(number, page);
      const found = page[placeOf(index)];
      if (found) return found;
    }
    this.load(number);
    return null;
  }

  /** @param {number} number */
  async load(number) {
    if (this.loading.has(number)) return;
    this.loading.add(number);
    try {
      const answer = await this.api.headers(number * PAGE + 1, PAGE);
      for (const found of answer.headers) this.keep(found);
      for (const listener of this.listeners) listener();
    } catch (error) {
      this.problem(error);
    } finally {
      this.loading.delete(number);
    }
  }

  /** @param {H} header */
  keep(header) {
    const number = pageOf(header.index);
    const page = this.pages.get(number) ?? [];
    page[placeOf(header.index)] = header;
    this.pages.set(number, page);
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= PAGES) break;
      this.pages.delete(oldest);
    }
  }

  /**
   * Forgets the pages that hold blocks after `fork`.
   * @param {number} fork
   */
  forget(fork) {
    for (const number of [...this.pages.keys()]) {
      if ((number + 1) * PAGE > fork) this.pages.delete(number);
    }
  }
}
