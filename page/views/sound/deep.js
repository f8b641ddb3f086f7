// When a replacement is a warning.

/** A replacement that gives up more blocks than these is shown prominently (docs/sound-rules.md section 4). */
export const DEEP = 100;
