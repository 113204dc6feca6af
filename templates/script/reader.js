// Files of a site by their path below its base, each bounded in bytes and in time.

import { concat } from "./bytes.js";
import { Unchecked } from "./faults.js";

const MAX_FILE = 8 * 1024 * 1024;
const MAX_OWN = 65536; // an entry, and the proof of one: a sheet may ask for a thousand
const OWN = /^bukti\/[0-9]+\.(?:json|tlog-proof)$/;
const PATIENCE = 60_000;
const PAGE = /^\s*(?:<!doctype html|<html)/i;
const PAGES = /(?:^|\/|\.html)$/;

// A function that gives the bytes of a path, null if there is no such file; `patience` is in
// milliseconds; `first` are answers that were asked for before, each taken once. Some hosts show a
// page for what they lack: a page is no other file.
export function reader(base, patience = PATIENCE, first = new Map()) {
  return async (path) => {
    try {
      const begun = first.get(path);
      first.delete(path);
      const answer = await (begun ?? asked(new URL(path, base), path, patience));
      if (answer.status === 404 || answer.status === 403) return null;
      if (!answer.ok) throw new Unchecked(`HTTP ${answer.status}`, "network", path);
      const bytes = await bytesOf(answer, path);
      const start = new TextDecoder().decode(bytes.subarray(0, 256));
      return PAGE.test(start) && !PAGES.test(path) ? null : bytes;
    } catch (error) {
      if (error instanceof Unchecked) throw error;
      throw new Unchecked("the address cannot be opened", "network", path);
    }
  };
}

function asked(url, path, patience) {
  return fetch(url, { cache: isFixed(path) ? "default" : "no-cache", signal: AbortSignal.timeout?.(patience) });
}

async function bytesOf({ body }, path) {
  const pieces = [];
  const most = OWN.test(path) ? MAX_OWN : MAX_FILE;
  let length = 0;
  for (const source = body?.getReader(); source; ) {
    const { done, value } = await source.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      source.cancel().catch(() => {});
      throw new Unchecked(`more than ${most} bytes`, "too-large", path);
    }
    pieces.push(value);
  }
  return concat(...pieces);
}

// Files that are written once, or replaced only by the same bytes.
function isFixed(path) {
  return path.startsWith("log/tile/") || OWN.test(path);
}
