// What this device remembers of a log between visits. A device without storage has no memory, and
// every visit is the first.

const SITE = new URL("../", import.meta.url).href;

export const MEMORY = {
  // The note of the head that was proved last, by the log's origin, or null.
  head: recalled,
  remember: keep,
  // The id of the log that this site showed in a mode, whatever its origin, or null.
  log: (mode) => recalled(`${SITE} ${mode}`),
  rememberLog: (mode, id) => keep(`${SITE} ${mode}`, id),
};

function recalled(name) {
  try {
    return localStorage.getItem(`rekap ${name}`);
  } catch {
    return null;
  }
}

function keep(name, text) {
  try {
    localStorage.setItem(`rekap ${name}`, text);
  } catch {
    // Storage is refused or full: the next visit is a first one again.
  }
}
