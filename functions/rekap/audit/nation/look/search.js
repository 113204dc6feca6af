// A typed name leads to the page of a place at its portal, by one small index for each two letters.
const box = document.querySelector("#ketik");
const [input, said, list] = ["input", "[role=status]", "ul"].map((one) => box.querySelector(one));
const { index, language, found: many, none, more, ...offices } = box.dataset;
const base = new URL(index.replace(/index\.html$/, ""), document.baseURI);
const asked = new Map();

// What stays of a text without accents, capitals and signs; in the indexes it is the same.
const wordsOf = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().match(/[a-z0-9]+/g) ?? [];

// Two letters that begin too many names are split by the third; then two are too few.
const read = async (letters, word) => {
  const answer = await fetch(new URL(`${letters}.json`, base));
  if (!answer.ok) return [];
  const { portals, rows, split } = await answer.json();
  if (split && word.length > 2) return ask(word.slice(0, 3), word);
  const places = rows.map(([code, name, above, portal]) => ({
    code, name, above, ...portals[portal], words: [name, above].map(wordsOf),
  }));
  return Object.assign(places, { split });
};

const ask = (letters, word) => {
  const name = `${letters} ${word.slice(0, 3)}`;
  if (!asked.has(name)) asked.set(name, read(letters, word));
  return asked.get(name);
};

const fits = ({ words }, typed) => {
  const all = words.flatMap((one) => [...one, one.join("")]);
  return typed.every((word) => all.some((one) => one.startsWith(word)));
};
const order = ({ words, name }, typed) =>
  (words[0].join("") === typed.join("") ? 0 : words[0].join("").startsWith(typed[0]) ? 100 : 200) + name.length;

// Only addresses of the web, as the list of portals has them.
const linkOf = ({ code, link, contests }) =>
  contests
    .filter(([, region]) => code === region || code.startsWith(`${region}.`))
    .map(([office, region, address]) => {
      const way = code.slice(region.length + 1).split(".").filter(Boolean);
      return [office, new URL(`${link}${language}${address}${way.map((one) => `${one}/`).join("")}index.html`, new URL("../", base))];
    })
    .filter(([, { protocol }]) => /^https?:$/.test(protocol));

const shown = (place) =>
  linkOf(place).map(([office, { href }], at, all) => {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = `${place.name}, ${place.above}${all.length > 1 ? `, ${offices[office]}` : ""}`;
    const item = document.createElement("li");
    item.append(link);
    return item;
  });

const look = async () => {
  const text = input.value;
  const typed = wordsOf(text).filter((word) => !/^(desa|kel|kelurahan|kec|kecamatan|kab|kabupaten)$/.test(word));
  const first = typed.find((word) => word.length > 1);
  const places = first ? await ask(first.slice(0, 2), first) : [];
  if (text !== input.value) return;
  const found = places.filter((one) => fits(one, typed)).sort((one, other) => order(one, typed) - order(other, typed));
  said.textContent = first ? (found.length ? many.replace("#", found.length) : places.split ? more : none) : "";
  list.replaceChildren(...found.slice(0, 20).flatMap(shown));
};
const go = async () => {
  await look();
  const links = list.querySelectorAll("a");
  if (links.length === 1) links[0].click();
  else (links[0] ?? input).focus();
};

if (location.protocol.startsWith("http")) {
  const give = (show) => show().catch(() => (box.hidden = true));
  box.hidden = false;
  input.addEventListener("input", () => give(look));
  input.addEventListener("keydown", ({ key }) => key === "Enter" && give(go));
  box.querySelector("button").addEventListener("click", () => give(go));
}
