// Names in a command that is shown to be typed. Pure.

/** What every shell takes as it is, and what it takes between quotation marks. */
const PLAIN = /^[\p{L}\p{N}._/][\p{L}\p{N}._/-]*$/u;
const QUOTED = /^[\p{L}\p{N}._/][\p{L}\p{N} ._/-]*$/u;

/**
 * A room as an argument of a command. A name that shells would read in different ways is left to who types it.
 * @param {string} room
 */
export function argument(room) {
  if (PLAIN.test(room)) return room;
  return QUOTED.test(room) ? `"${room}"` : "ROOM";
}
