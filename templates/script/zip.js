// A ZIP file of members that are stored as they are: not compressed, without dates, names in UTF-8
// (APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16). The same files give the same bytes.

import { concat, fromNumber, utf8 } from "./bytes.js";

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});
const [MEMBER, LISTED, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const VERSION = [20, 2];
const ABOUT = [VERSION, [0x0800, 2], [0, 2], [0, 2], [0x21, 2]]; // UTF-8, stored, 1 January 1980

// `files`: [[path, bytes], …]; fewer than 65,536, and below 4 GiB together.
export function stored(files) {
  const [members, directory] = [[], []];
  let at = 0;
  for (const [path, bytes] of files) {
    const name = utf8(path);
    const same = [...ABOUT, [crc32(bytes), 4], [bytes.length, 4], [bytes.length, 4], [name.length, 2], [0, 2]];
    members.push(numbers([[MEMBER, 4], ...same]), name, bytes);
    directory.push(numbers([[LISTED, 4], VERSION, ...same, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]]), name);
    at += 30 + name.length + bytes.length;
  }
  const list = concat(...directory);
  const end = numbers([[END, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [list.length, 4], [at, 4], [0, 2]]);
  return concat(...members, list, end);
}

function numbers(fields) {
  return concat(...fields.map(([value, length]) => fromNumber(BigInt(value), length, true)));
}

function crc32(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = TABLE[(rest ^ byte) & 255] ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}
