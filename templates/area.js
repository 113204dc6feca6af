// A typed name and number lead straight to the TPS, by this page's index, asked for once.
const box = document.querySelector("#ketik");
const [input, said, list] = ["input", "[role=status]", "ul"].map((name) => box.querySelector(name));
const at = (name) => new URL(box.dataset[name], document.baseURI);
let index;

const read = async () => {
  const twin = await (await fetch(at("index"))).json();
  const rows = twin.kecamatan.flatMap((above) =>
    above.kelurahan.map(([code, name, count, numbers]) => ({
      way: code.slice(6).replace(".", "/"),
      name: `${name}, ${above.name}`,
      has: (tps) => (numbers ? numbers.includes(tps) : tps > 0 && tps <= count),
    })),
  );
  return { rows, contests: twin.contests };
};

const item = (contest, row, tps, told) => {
  const link = document.createElement("a");
  link.href = new URL(`${contest.address}${row.way}/${tps ? `${tps}/` : ""}index.html`, at("root"));
  link.textContent = `${tps ? `TPS ${tps} ` : ""}${row.name}${told ? `, ${box.dataset[contest.office]}` : ""}`;
  const made = document.createElement("li");
  made.append(link);
  return made;
};

const look = async () => {
  const [, name, number] = /^(.*?)(?:\s+(?:tps\s*)?(\d{1,3}))?\s*$/i.exec(input.value);
  const tps = number?.padStart(3, "0");
  const words = name.toLowerCase().split(/\W+/).filter(Boolean);
  const { rows, contests } = await (index ??= read());
  const found = rows.filter(
    (row) => words.every((word) => row.name.toLowerCase().includes(word)) && (!tps || row.has(tps)),
  );
  said.textContent = box.dataset.found.replace("#", found.length);
  list.replaceChildren(
    ...found.slice(0, 20).flatMap((row) => contests.map((one) => item(one, row, tps, contests[1]))),
  );
};

// Opened from disk the lists stay alone: a browser reads no other file there.
if (location.protocol.startsWith("http")) {
  box.hidden = false;
  input.addEventListener("input", () => look().catch(() => (box.hidden = true)));
}
