// What came since this device asked last: it remembers one number, and sends nothing.

const WIDTH = 256;
const LISTED = 50;
const KABKO = 5;
const CONTESTS = 20;
const ANSWERS = 4; // an answer may change no sum: then the next entry is asked
const SUMMED = new Set(["c_hasil", "summary"]);
const LOUD = new Set(["objection", "answer", "determination", "elected", "ruling", "revoke", "close", "election"]);
const DECISIONS = new Set(["determination", "elected", "ruling"]); // news of a case is no version of it
const NAMED = new Set(["d_hasil_kabko", "d_hasil_prov"]); // whose place says its level
const QUIET = new Set(["head", "effective", "repeat", "cosigned", "waiting"]);

const json = async (address) => (await fetch(address)).json();

const kept = (name) => {
  try {
    return Number(localStorage.getItem(name) ?? NaN);
  } catch {
    return NaN;
  }
};

const keep = (name, size) => {
  try {
    localStorage.setItem(name, size);
  } catch {
    // Storage is refused: the next visit is a first one again.
  }
};

// A correction, a quarrel, a decision: what a reader of results should see first.
const isLoud = ({ kind, revision, status }) =>
  LOUD.has(kind) || !QUIET.has(status) || (kind === "form" && revision > 1);

const changes = async (tail, since) => {
  const { entries, from, to } = await json(tail);
  const full = [];
  for (let n = Math.floor(since / WIDTH); n < from / WIDTH; n++) {
    full.push(json(new URL(`${n}.json`, tail)));
  }
  const all = [...(await Promise.all(full)).flatMap((file) => file.entries), ...entries];
  return { size: to, entries: all.filter(({ index }) => index >= since) };
};

// The first entry that came at an hour or later: files of changes are in the order of time.
const indexAt = async (tail, at) => {
  const isBefore = ({ hour }) => !hour || hour.slice(0, at.length) < at;
  const read = async (n) => (await json(new URL(`${n}.json`, tail))).entries;
  const { entries, from, to } = await json(tail);
  let [low, high] = [0, from / WIDTH];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isBefore((await read(middle))[0])) low = middle + 1;
    else high = middle;
  }
  const last = low < from / WIDTH ? low * WIDTH : to;
  const near = [...(low ? await read(low - 1) : []), ...(last === to ? entries : [])];
  return near.find((one) => !isBefore(one))?.index ?? last;
};

// Names of kelurahan and kecamatan, of those few kab/kota that are listed; a provinsi is named by the page of its contest.
const namesOf = async (root, entries) => {
  const areas = new Set(
    entries.filter(({ region }) => region?.length > 4).map((one) => `${one.election}/${one.region.slice(0, 5)}`),
  );
  const names = {};
  const asked = [...areas].slice(0, KABKO).map(async (area) => {
    const { kecamatan, region } = await json(new URL(`cari/${area}/index.json`, root));
    names[region.code] = region.name;
    for (const { code, kelurahan, name } of kecamatan) {
      names[code] = name;
      for (const [below, its] of kelurahan) names[below] = its;
    }
  });
  const provinces = new Map(entries.filter(({ contest, region }) => contest && region?.length === 2).map((one) => [one.region, one]));
  for (const [code, { contest, election }] of [...provinces].slice(0, KABKO)) {
    asked.push(json(new URL(`${election}/${contest}/index.json`, root)).then(({ region }) => (names[code] = region.name)));
  }
  await Promise.allSettled(asked);
  return names;
};

// By how much the sum of each contest moved: from before the first new entry that did to its page.
const movedIn = async (root, entries) => {
  const ends = new Map();
  for (const { contest, election, form, index, kind, status } of entries) {
    const own = `${election}/${contest}`;
    const counts = SUMMED.has(form) && (kind === "form" ? status === "head" : kind === "answer" && status === "effective");
    if (counts) ends.set(own, [...(ends.get(own) ?? []), index].slice(0, ANSWERS));
  }
  const asked = [...ends.values()].slice(0, CONTESTS).map(async (indexes) => {
    let totals = null;
    for (const index of indexes) totals ??= (await json(new URL(`bukti/${index}/index.json`, root))).totals;
    const place = totals.places.at(-1);
    const { contest, stations, sum } = await json(new URL(`${place.address}index.json`, root));
    const pairs = contest.pairs.map(({ number }) => {
      const [now, was] = [sum.fields, place.before.fields].map((fields) => fields[`pair_${number}`]?.[0] ?? 0);
      return [number, now - was];
    });
    return { place, pairs, stations: stations.counted - place.before.counted };
  });
  return (await Promise.allSettled(asked)).flatMap(({ value }) => value ?? []);
};

export const tell = async (box) => {
  const { first, nothing, origin, pages, root, since, tail, words } = box.dataset;
  const [status, list] = ["[role=status]", "ul"].map((one) => box.querySelector(one));
  const from = (base) => new URL(base, document.baseURI);
  const called = JSON.parse(words);
  const name = `rekap-baru ${origin}`;
  const at = box.querySelector("input")?.value;

  const line = (entry, names) => {
    const link = document.createElement("a");
    link.href = new URL(`bukti/${entry.index}/index.html`, from(pages));
    const place = names[entry.region] ?? entry.region ?? "";
    const what = NAMED.has(entry.form) ? called.short : (called[entry.form ?? entry.kind] ?? entry.kind ?? "?");
    link.textContent = [
      `${what} ${entry.tps ? `TPS ${entry.tps} ` : ""}${place}`.trim(),
      ...(entry.revision > 1 && !DECISIONS.has(entry.kind) ? [`${called.version} ${entry.revision}`] : []),
      ...(QUIET.has(entry.status) ? [] : [called[entry.status] ?? entry.status]),
    ].join(", ");
    const item = document.createElement("li");
    item.append(link);
    return item;
  };

  const number = (value) => value.toLocaleString(document.documentElement.lang);
  const signed = (value) => (value < 0 ? "−" : "+") + number(Math.abs(value));
  const moved = ({ place, pairs, stations }) => {
    const link = document.createElement("a");
    link.href = new URL(`${place.address}index.html`, from(pages));
    const votes = pairs.map(([pair, gap]) => `${called.number} ${pair} ${signed(gap)}`);
    link.textContent = `${called.summary}, ${place.name}: ${[...votes, `TPS ${signed(stations)}`].join(", ")}`;
    const item = document.createElement("li");
    item.append(link);
    return item;
  };

  const group = ([title, entries], names) => {
    const [details, summary, lines] = ["details", "summary", "ul"].map((tag) => document.createElement(tag));
    summary.textContent = `${title}: ${entries.length}`;
    lines.className = "dl";
    lines.append(...entries.slice(-LISTED).reverse().map((entry) => line(entry, names)));
    details.append(summary, lines);
    const item = document.createElement("li");
    item.append(details);
    return item;
  };

  try {
    const before = at ? await indexAt(from(tail), at) : kept(name);
    const { size, entries } = await changes(from(tail), Number.isNaN(before) ? Infinity : before);
    if (!at) keep(name, size);
    const loud = entries.filter(isLoud).slice(-LISTED).reverse();
    const groups = new Map();
    for (const entry of entries.filter((one) => !isLoud(one))) {
      const title = called[entry.form ?? entry.kind] ?? entry.kind;
      groups.set(title, [...(groups.get(title) ?? []), entry]);
    }
    const ordered = [...groups].sort(([, [one]], [, [other]]) => !one.form - !other.form);
    const names = await namesOf(from(root), [...loud, ...[...groups.values()].flatMap((some) => some.slice(-LISTED))]);
    const sums = await movedIn(from(root), entries);
    list.replaceChildren(
      ...sums.map(moved),
      ...loud.map((entry) => line(entry, names)),
      ...ordered.map((one) => group(one, names)),
    );
    const said = Number.isNaN(before) ? first : entries.length ? since : nothing;
    status.textContent = said.replace("#", number(Number.isNaN(before) ? size : before)).replace("%", number(entries.length));
    box.querySelector("button").hidden = !at;
  } catch {
    box.hidden = true;
  }
};
