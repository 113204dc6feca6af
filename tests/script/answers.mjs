// What the modules of the verifier in the browser answer to cases: "ok", what was asked for, or the
// kind of refusal. Runs in node (cases on standard input) and in a page (imported).

const NAMES = ["bytes", "faults", "json", "envelope", "keys", "clientdata", "ed25519", "p256", "note", "checkpoint", "merkle", "tiles", "policy", "proof", "reader", "receipt", "register", "statement"];
// Of a whole log, which holds all that evidence may lack.
const OTHER_CODES = { before: "previous", "no-certificate": "certificate", "unlisted-region": "region", "unlisted-tps": "tps", revoked: "not-entitled" };

async function modules(base) {
  const loaded = await Promise.all(NAMES.map((name) => import(`${base}${name}.js`)));
  return Object.assign({}, ...loaded);
}

export async function answers(cases, base) {
  const m = await modules(base);
  const { base64, fromBase64, hex } = m;
  const hashes = (list) => list.map(fromBase64);
  const subtleOf = (one) => (one.fallback ? null : undefined);
  const operations = {
    json: (one) => (m.decode(fromBase64(one.bytes), { nulls: one.nulls }), "ok"),
    public: (one) => (m.decodePublic(fromBase64(one.bytes)), "ok"),
    statement: (one) => {
      try {
        return (m.parseStatement(fromBase64(one.bytes)), "ok");
      } catch (error) {
        return error instanceof m.Malformed ? "refused" : String(error);
      }
    },
    envelope: (one) => {
      const made = m.parseEnvelope(fromBase64(one.bytes));
      return `${made.id} ${hex(made.leaf)} ${base64(made.message)}`;
    },
    signature: async (one) => {
      const { message, signatures } = m.parseEnvelope(fromBase64(one.bytes));
      const key = { alg: one.alg, key: fromBase64(one.key) };
      const scope = { origins: one.origins, rpId: one.rp_id };
      const own = signatures.find((each) => each.keyid === one.keyid);
      await m.verifySignature(key, message, own, scope, subtleOf(one));
      return "ok";
    },
    passkey: async (one) => {
      const key = { alg: m.WEBAUTHN, key: fromBase64(one.key) };
      const parts = ["sig", "authenticatorData", "clientDataJSON"].map((name) => [name, fromBase64(one[name])]);
      const signature = { keyid: one.keyid, ...Object.fromEntries(parts) };
      const scope = { origins: one.origins, rpId: one.rp_id };
      await m.verifySignature(key, fromBase64(one.message), signature, scope, subtleOf(one));
      return "ok";
    },
    "client-data": (one) => {
      const told = (value) => (typeof value === "string" ? `text ${hex(m.utf8(value))}` : String(value ?? "other"));
      const members = [...m.readClientData(fromBase64(one.bytes))];
      return members.map(([key, value]) => `${hex(m.utf8(key))} ${told(value)}`).sort().join(",");
    },
    ed25519: async (one) => {
      await m.verifyEd25519(fromBase64(one.key), fromBase64(one.message), fromBase64(one.sig), subtleOf(one));
      return "ok";
    },
    p256: async (one) => {
      await m.verifyP256(fromBase64(one.key), fromBase64(one.message), fromBase64(one.sig), subtleOf(one));
      return "ok";
    },
    note: async (one) => {
      const opened = await m.openNote(fromBase64(one.bytes), one.keys.map(m.parseVkey));
      return `${base64(opened.text)} ${opened.signed.map((key) => key.vkey).join(" ")}`;
    },
    receipt: async (one) => {
      const promise = await m.openReceipt(fromBase64(one.bytes), { receipt_key: one.key });
      return String(m.isPromised(promise, fromBase64(one.entry)));
    },
    checkpoint: (one) => {
      const { origin, size, root } = m.parseCheckpoint(fromBase64(one.bytes));
      return `${origin} ${size} ${hex(root)}`;
    },
    vkey: (one) => (m.parseVkey(one.text), "ok"),
    policy: (one) => {
      const policy = m.parsePolicy(fromBase64(one.bytes));
      return String(m.meets(policy, one.signed.map(m.parseVkey)));
    },
    proof: async (one) => {
      const proof = m.parseProof(fromBase64(one.bytes));
      const checkpoint = await m.verifyProof(proof, fromBase64(one.leaf), m.parsePolicy(fromBase64(one.policy)));
      return `${proof.index} of ${checkpoint.size}`;
    },
    inclusion: (one) => {
      const [leaf, root] = hashes([one.leaf, one.root]);
      m.verifyInclusion({ index: BigInt(one.index), size: BigInt(one.size), leaf, root, proof: hashes(one.proof) });
      return "ok";
    },
    consistency: (one) => {
      const [oldRoot, newRoot] = hashes([one.old_root, one.new_root]);
      const sizes = { oldSize: BigInt(one.old_size), newSize: BigInt(one.new_size) };
      m.verifyConsistency({ ...sizes, oldRoot, newRoot, proof: hashes(one.proof) });
      return "ok";
    },
    tile: (one) => m.tilePath(one.level, BigInt(one.n), one.width),
    read: async (one) => {
      const bytes = await m.reader(one.url, one.patience)(one.path);
      return bytes === null ? "absent" : String(bytes.length);
    },
    register: async (one) => {
      const register = new m.Register(null, null, { listed: true });
      const said = [];
      for (const [index, bytes] of one.entries.entries()) {
        try {
          const { effect } = await register.read(index, fromBase64(bytes));
          said.push(effect === null ? "waiting" : "effective");
        } catch (error) {
          // What evidence need not hold may be refused by the same reason, or not seen.
          const code = OTHER_CODES[error.code] ?? error.code;
          said.push(one.unread.includes(code) ? "effective" : (code ?? `${error.name}: ${error.message}`));
        }
      }
      return said.join(" ");
    },
    grown: async (one) => {
      const files = new Map(Object.entries(one.files).map(([path, bytes]) => [path, fromBase64(bytes)]));
      const tiles = new m.Tiles(async (path) => files.get(path) ?? null, BigInt(one.size));
      return (await tiles.consistency(BigInt(one.old))).map(base64).join(" ");
    },
  };
  const given = [];
  for (const one of cases) {
    try {
      given.push(await operations[one.op](one));
    } catch (error) {
      given.push(error.code ?? `${error.name}: ${error.message}`);
    }
  }
  return given;
}

if (typeof process !== "undefined") {
  const { readFileSync } = await import("node:fs");
  const { base, cases } = JSON.parse(readFileSync(0, "utf8"));
  process.stdout.write(JSON.stringify(await answers(cases, base)));
}
