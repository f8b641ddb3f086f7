// Makes the picture as large as it fits on the screen.

/** Letters on a screen of 1080 lines, in pixels. */
const SMALLEST = 20;
const LARGEST = 44;
/** Lines of the screen for which these hold. */
const LINES = 1080;
/** On screens of less width the picture is one column that scrolls down, in pixels. */
export const NARROW = 1120;
/** Room below the picture, in pixels. */
const EDGE = 24;
/** No letters are smaller than this, on whatever screen. */
const FLOOR = 12;

/**
 * @param {HTMLElement} element
 * @returns {() => boolean} to be called when what is in the element, or the window, has changed; whether it fits
 */
export function fitter(element) {
  const root = document.documentElement;

  /** @param {number} size */
  function fits(size) {
    const scale = Math.min(innerHeight / LINES, innerWidth / (LINES * 1.5), 1);
    element.style.fontSize = `${Math.max(size * scale, FLOOR)}px`;
    return root.scrollHeight <= innerHeight && element.scrollWidth <= element.clientWidth;
  }

  return () => {
    element.style.setProperty("--room", "0px");
    element.style.fontSize = "";
    if (innerWidth <= NARROW) return true;
    let [least, most] = [SMALLEST, LARGEST];
    while (most - least >= 2) {
      const middle = Math.round((least + most) / 2);
      if (fits(middle)) least = middle;
      else most = middle;
    }
    const done = fits(least);
    const room = innerHeight - element.getBoundingClientRect().bottom - EDGE;
    const rows = element.querySelectorAll(".stand").length;
    element.style.setProperty("--room", done ? `${Math.max(room / (rows + 1), 0)}px` : "0px");
    return done;
  };
}
