// Hashes of a log's tree from its published tiles (C2SP tlog-tiles). Nothing read is trusted: what
// is made from wrong tiles does not verify against a signed root.

import { Malformed, Unchecked } from "./faults.js";
import { nodeHash } from "./merkle.js";

const HEIGHT = 8;
const WIDTH = 256;

export function tilePath(level, n, width) {
  const groups = n.toString().padStart(Math.ceil(n.toString().length / 3) * 3, "0").match(/.../g);
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${path}${width === WIDTH ? "" : `.p/${width}`}`;
}

// The tree of `size` (BigInt) as `read(path)` of files below `log/` gives it.
export class Tiles {
  constructor(read, size) {
    this.read = read;
    this.size = size;
    this.known = new Map(); // name of a tile → its rows: the hashes that it holds, and those above as they were asked for
  }

  // The consistency proof from `old` to this size (RFC 6962 section 2.1.2).
  async consistency(old) {
    if (old < 0n || old > this.size) throw new Unchecked("a size beyond this tree", "newer");
    if (old === 0n || old === this.size) return [];
    let [start, end] = [0n, this.size];
    const proof = [];
    while (old !== end) {
      const middle = start + split(end - start);
      if (old <= middle) {
        proof.push(this.root(middle, end));
        end = middle;
      } else {
        proof.push(this.root(start, middle));
        start = middle;
      }
    }
    if (start) proof.push(this.root(start, end));
    return Promise.all(proof.reverse());
  }

  // The inclusion proof of a leaf (RFC 6962 section 2.1.1).
  async inclusion(index) {
    if (index < 0n || index >= this.size) throw new Unchecked("an index beyond this tree", "newer");
    let [start, end] = [0n, this.size];
    const proof = [];
    while (end - start > 1n) {
      const middle = start + split(end - start);
      if (index < middle) {
        proof.push(this.root(middle, end));
        end = middle;
      } else {
        proof.push(this.root(start, middle));
        start = middle;
      }
    }
    return Promise.all(proof.reverse());
  }

  // The root over [start, end): a complete subtree, or one that reaches to the end of the tree.
  async root(start, end) {
    const width = end - start;
    if (!(width & (width - 1n))) return this.node(width.toString(2).length - 1, start / width);
    const middle = start + split(width);
    return nodeHash(...(await Promise.all([this.root(start, middle), this.root(middle, end)])));
  }

  async node(level, index) {
    const above = level % HEIGHT;
    const shift = BigInt(HEIGHT - above);
    const n = index >> shift;
    return nodeIn(await this.tile((level - above) / HEIGHT, n), above, Number(index - (n << shift)));
  }

  tile(level, n) {
    const name = `${level}/${n}`;
    if (!this.known.has(name)) this.known.set(name, this.fetched(level, n));
    return this.known.get(name);
  }

  // A partial tile that is gone is cut from the full one, as tlog-tiles allows.
  async fetched(level, n) {
    const there = (this.size >> BigInt(HEIGHT * level)) - n * BigInt(WIDTH);
    const width = there < WIDTH ? Number(there) : WIDTH;
    const path = tilePath(level, n, width);
    const partial = await this.read(`log/${path}`);
    const bytes =
      partial ?? (width < WIDTH ? await this.read(`log/${tilePath(level, n, WIDTH)}`) : null);
    if (!bytes) throw new Unchecked("a tile is missing", "missing", `log/${path}`);
    if (bytes.length !== 32 * (partial ? width : WIDTH)) {
      throw new Malformed("a tile of another length", "tile", `log/${path}`);
    }
    return [Array.from({ length: width }, (_, at) => bytes.subarray(32 * at, 32 * at + 32))];
  }
}

// The hash that stands `above` the hashes of a tile, number `at` of its row: not a promise for each.
function nodeIn(rows, above, at) {
  if (!above) return rows[0][at];
  const row = (rows[above] ??= []);
  return (row[at] ??= nodeHash(nodeIn(rows, above - 1, 2 * at), nodeIn(rows, above - 1, 2 * at + 1)));
}

// The largest power of two strictly below a width above 1.
function split(width) {
  return 1n << BigInt((width - 1n).toString(2).length - 1);
}
