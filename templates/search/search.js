// A typed name and number, the code of a region, and the code of a printed sheet lead to a place or a TPS, by one small index for each two letters.

const SHOWN = 20;
const KINDS = /^(tps|desa|kelurahan|kel|kecamatan|kec)$/;
const PRINTED = /^(?:\S*#)?([a-z0-9][a-z0-9./-]*\/)@([0-9]{1,15})$/; // beside the square code of a sheet
const REGION = /^([0-9]{2})(?:\.?([0-9]{2})(?:\.?([0-9]{2})(?:\.?([0-9]{4}))?)?)?(?:[^0-9.]+([0-9]{1,3}))?$/;
const asked = new Map();

// What stays of a text without accents, capitals and signs; in the log's indexes it is the same.
const wordsOf = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().match(/[a-z0-9]+/g) ?? [];

const read = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) return [];
  const { above, contests, rows } = await answer.json();
  return rows.map(([code, name, count, numbers]) => {
    const around = above.filter(([one]) => code.startsWith(`${one}.`)).reverse();
    const names = [name, ...around.map(([, one]) => one)];
    const words = names.flatMap((one) => [wordsOf(one).join(""), ...wordsOf(one)]);
    return { code, contests, count, names, numbers, words };
  });
};

const ask = (address) => {
  if (!asked.has(address.href)) asked.set(address.href, read(address));
  return asked.get(address.href);
};

// Two words are alike if little is left between the beginning and the end that they share.
const areAlike = (one, other) => {
  const least = Math.min(one.length, other.length);
  let [start, end] = [0, 0];
  while (start < least && one[start] === other[start]) start++;
  while (end < least - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return Math.max(one.length, other.length) - start - end <= (least > 6 ? 2 : 1);
};

// The letters of the typed words: twice those that a place's names hold, once those of alike ones.
// A number of a name is there or not.
const worth = (place, typed) =>
  typed.reduce((sum, word) => {
    const isNumber = /^\d+$/.test(word);
    if (place.words.some((one) => (isNumber ? one === word : one.includes(word)))) {
      return sum + 2 * word.length;
    }
    return sum + (!isNumber && place.words.some((one) => areAlike(one, word)) ? word.length : 0);
  }, 0);

const hasStation = ({ count, numbers }, tps) =>
  count === null || (numbers ? numbers.includes(tps) : Number(tps) > 0 && Number(tps) <= count);

// The name that was typed comes first, then names that begin so, the shortest of them first.
const order = ({ words }, typed) => {
  const [name, start] = [words[0], typed.join("")];
  return (name === start ? 0 : name.startsWith(start) ? 100 : 200) + name.length;
};

const find = (places, typed, tps) => {
  const valued = places.map((place) => ({ place, value: worth(place, typed) }));
  const best = Math.max(1, ...valued.map(({ value }) => value));
  const named = valued.filter(({ value }) => value === best).map(({ place }) => place);
  named.sort((one, other) => order(one, typed) - order(other, typed));
  const having = tps ? named.filter((place) => hasStation(place, tps)) : named;
  if (!having.length) return { found: named, said: named.length ? "absent" : "none" };
  return { found: having, said: best === 2 * typed.join("").length ? "found" : "alike", tps };
};

// The last number is that of a TPS, unless a name has all numbers, as "16 Ulu" has.
const split = (words) => {
  const at = words.findLastIndex((word) => /^\d{1,3}$/.test(word));
  const names = (kept) => kept.filter((word) => !KINDS.test(word));
  const rest = names(words.filter((_, place) => place !== at));
  return { all: names(words), names: rest, number: words[at]?.padStart(3, "0") };
};

const search = (places, { all, names, number }) => {
  const whole = find(places, all);
  return !number || whole.said === "found" || !names.length ? whole : find(places, names, number);
};

export const begin = (box) => {
  const { elections, index, root, within, ...told } = box.dataset;
  const [input, status, list] = ["input", "[role=status]", "ul"].map((one) => box.querySelector(one));
  const from = (base, path) => new URL(path, new URL(base, document.baseURI));

  const links = ({ code, contests, count, names }, tps) => {
    const its = contests.filter(({ region }) => code === region || code.startsWith(`${region}.`));
    return its.map(({ address, office, region }) => {
      const way = code.slice(region.length + 1).split(".").filter(Boolean);
      if (count && tps) way.push(tps);
      const before = count && tps ? `TPS ${tps} ` : way.length && code.length === 8 ? "Kecamatan " : "";
      const link = document.createElement("a");
      link.href = from(root, `${address}${way.map((part) => `${part}/`).join("")}index.html`);
      link.textContent = before + names.join(", ") + (its.length > 1 ? `, ${told[office]}` : "");
      const item = document.createElement("li");
      item.append(link);
      return item;
    });
  };

  const linked = (path, text) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = from(root, path);
    link.textContent = text;
    item.append(link);
    return item;
  };

  const twin = async (address) => {
    const answer = await fetch(from(index, `../${address}index.json`));
    return answer.ok ? answer.json() : null;
  };

  // Pages of a region's code, and of a TPS in it, in each contest that has them; their own data say so.
  const ofRegion = async ([, ...parts]) => {
    const tps = parts.pop()?.padStart(3, "0");
    const code = parts.filter(Boolean).join(".");
    const read = await Promise.all(elections.split(" ").map((election) => twin(`${election}/`)));
    const every = read.flatMap((one) => one?.contests ?? []);
    const its = every.filter(({ region }) => code === region.code || code.startsWith(`${region.code}.`));
    const ways = its.map(({ address, office, region }) => {
      const way = code.slice(region.code.length + 1).split(".").filter(Boolean);
      if (tps) way.push(tps);
      return { office, address: address + way.map((part) => `${part}/`).join("") };
    });
    const pages = await Promise.all(ways.map(({ address }) => twin(address)));
    return ways.flatMap(({ office, address }, at) => {
      if (!pages[at]) return [];
      const before = tps ? `TPS ${tps} ` : "";
      return [linked(`${address}index.html`, `${before}${pages[at].region.name}, ${told[office]}`)];
    });
  };

  const coded = async (typed) => {
    const [, address, size] = PRINTED.exec(typed) ?? [];
    if (address) return [linked(`periksa/index.html#${address}@${size}`, told.printed.replace("#", `${address}@${size}`))];
    const code = REGION.exec(typed);
    return code ? ofRegion(code) : [];
  };

  const look = async () => {
    const typed = input.value;
    const known = await coded(typed.trim());
    if (typed !== input.value) return;
    if (known.length) {
      status.textContent = told.found.replace("#", known.length);
      list.replaceChildren(...known);
      return;
    }
    const words = split(wordsOf(typed));
    const spoken = words.names.filter((word) => /^[a-z]./.test(word));
    const starts = [...new Set(spoken.map((word) => word.slice(0, 2)))];
    const addresses = elections
      .split(" ")
      .flatMap((election) => starts.map((two) => from(index, `${election}/${two}/index.json`)));
    const read = (await Promise.all(addresses.map(ask))).flat();
    if (typed !== input.value) return;
    const places = new Map(read.map((place) => [place.contests[0].address + place.code, place]));
    const near = [...places.values()].filter(({ code }) => !within || code.startsWith(`${within}.`));
    const { found, said, tps } = search(near, words);
    status.textContent = typed.length > 1 ? told[said].replace("#", found.length) : "";
    list.replaceChildren(...found.slice(0, SHOWN).flatMap((place) => links(place, tps)));
  };

  const give = (show) => show().catch(() => (box.hidden = true));
  // The button and Enter go to the only place that was found, else to the first of the list.
  const go = async () => {
    await look();
    const links = list.querySelectorAll("a");
    if (links.length === 1) links[0].click();
    else (links[0] ?? input).focus();
  };
  input.addEventListener("input", () => give(look));
  input.addEventListener("keydown", ({ key }) => key === "Enter" && give(go));
  box.querySelector("button").addEventListener("click", () => give(go));
  look();
};
