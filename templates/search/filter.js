// A typed name and number lead to a TPS by this page's own list.
const box = document.querySelector("#ketik");
const [input, said, list] = ["input", "[role=status]", "ul"].map((one) => box.querySelector(one));
const wordsOf = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().match(/[a-z0-9]+/g) ?? [];

const places = [...document.querySelectorAll("details li")].map((item) => {
  const links = [...item.querySelectorAll("a")];
  const above = item.closest("details").dataset.name;
  const names = [links[0].textContent, above];
  const numbers = item.dataset.tps?.split(" ");
  const has = (tps) => numbers?.includes(tps) ?? (tps > 0 && Number(tps) <= item.dataset.n);
  return { links, names, has, words: names.map((one) => wordsOf(one).join("")) };
});

const linked = ({ links, names }, tps) =>
  links.map(({ href, textContent }, at) => {
    const link = document.createElement("a");
    link.href = tps ? new URL(`${tps}/index.html`, href) : href;
    link.textContent = (tps ? `TPS ${tps} ` : "") + names.join(", ") + (at ? `, ${textContent}` : "");
    const item = document.createElement("li");
    item.append(link);
    return item;
  });

const look = () => {
  // "16 ulu" is a name, "16 ulu 5" has a TPS.
  const typed = wordsOf(input.value).filter((word) => !/^(tps|desa|kel|kelurahan)$/.test(word));
  const at = typed.findLastIndex((word) => /^\d{1,3}$/.test(word));
  const has = (words) => (name) => words.some((one) => one.includes(name));
  const holding = (names) => places.filter(({ words }) => names.every(has(words)));
  const whole = holding(typed);
  const tps = whole.length ? undefined : typed[at]?.padStart(3, "0");
  const named = whole.length ? whole : holding(typed.filter((_, place) => place !== at));
  const having = tps ? named.filter((one) => one.has(tps)) : named;
  const [found, number] = having.length ? [having, tps] : [named];
  const told = having.length ? "found" : named.length ? "absent" : "none";
  said.textContent = box.dataset[told].replace("#", found.length);
  list.replaceChildren(...found.slice(0, 20).flatMap((one) => linked(one, number)));
};
// The button and Enter go to the only place that was found, else to the first of the list.
const go = () => {
  look();
  const links = list.querySelectorAll("a");
  if (links.length === 1) links[0].click();
  else (links[0] ?? input).focus();
};

box.hidden = false;
input.addEventListener("input", look);
input.addEventListener("keydown", ({ key }) => key === "Enter" && go());
box.querySelector("button").addEventListener("click", go);
