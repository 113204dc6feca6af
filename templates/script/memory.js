// What this device remembers of a log between visits: the head it proved last. A device without
// storage has no memory, and every visit is the first.

import { fromBase64 } from "./bytes.js";

const SIZE = /^(?:0|[1-9][0-9]{0,18})$/;
const SITE = new URL("../", import.meta.url).href;
const NAMES = ["id", "key", "root", "size"];

export const MEMORY = {
  // {size, root, id, key} of a log's origin, or null.
  head(origin) {
    try {
      const head = JSON.parse(localStorage.getItem(name(origin)));
      return isHead(head) ? head : null;
    } catch {
      return null;
    }
  },

  remember(origin, head) {
    try {
      localStorage.setItem(name(origin), JSON.stringify(head));
    } catch {
      // Storage is refused or full: the next visit is a first one again.
    }
  },

  // The id of the log that this site showed in a mode, whatever its origin, or null.
  log(mode) {
    try {
      return localStorage.getItem(name(`${SITE} ${mode}`));
    } catch {
      return null;
    }
  },

  rememberLog(mode, id) {
    try {
      localStorage.setItem(name(`${SITE} ${mode}`), id);
    } catch {
      // As above.
    }
  },
};

// Whether a value is a head as it is remembered: texts, a size and a root.
export function isHead(head) {
  const whole = head && NAMES.every((one) => typeof head[one] === "string") && SIZE.test(head.size);
  return Boolean(whole) && fromBase64(head.root).length === 32;
}

function name(origin) {
  return `rekap ${origin}`;
}
