// @ts-check
// A JPEG as a canvas gives it, less what some browsers write besides: metadata and colour profiles.

import { concat } from "../verify/bytes.js";

const [SOS, JFIF] = [0xda, [0x4a, 0x46, 0x49, 0x46]];

/** The same picture without metadata: only JFIF's own segment stays. @param {Uint8Array} data @returns {Uint8Array} */
export function bare(data) {
  const parts = [data.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= data.length && data[at + 1] !== SOS) {
    const [marker, end] = [data[at + 1], at + 2 + data[at + 2] * 256 + data[at + 3]];
    const isJfif = marker === 0xe0 && end - at === 18 && JFIF.every((one, i) => data[at + 4 + i] === one);
    const isMetadata = marker === 0xfe || (marker >= 0xe0 && marker <= 0xef);
    if (!isMetadata || isJfif) parts.push(data.subarray(at, end));
    at = end;
  }
  return concat(...parts, data.subarray(at));
}
