// What the places above have, read from their own data: no form of a neighbour writes this page again.
const box = document.querySelector("#atas");
const { lang } = document.documentElement;
const say = (n) => n.toLocaleString(lang);
const show = (small, { contest, result, stations }) => {
  const parts = result.pairs.filter(({ votes }) => votes !== null).map(({ number, votes }) => {
    const empty = contest.pairs.find((pair) => pair.number === number).empty_column;
    const badge = document.createElement("span");
    badge.className = `b b${empty ? 0 : number}`;
    badge.textContent = number;
    const part = document.createElement("span");
    part.className = "nb";
    part.append(badge, ` ${say(votes)}`);
    return part;
  });
  const { counted, expected } = stations;
  const told = expected === null ? box.dataset.some : box.dataset.counted;
  const count = document.createElement("span");
  count.className = "nb";
  count.textContent = told.replace("#", say(counted)).replace("%", say(expected ?? 0));
  small.replaceChildren(...parts.flatMap((part) => [part, " "]), count);
};
if (location.protocol.startsWith("http")) {
  for (const link of box.querySelectorAll("a")) {
    fetch(new URL(link.dataset.twin, document.baseURI))
      .then((answer) => answer.json())
      .then((read) => read.result.basis && show(link.nextElementSibling, read))
      .catch(() => {});
  }
}
