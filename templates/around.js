// What the places above have, read from their own data: no form of a neighbour writes this page again.
const box = document.querySelector("#atas");
const { lang } = document.documentElement;
const say = (n) => n.toLocaleString(lang);
const alone = "alone" in box.dataset; // of the page of the day: how many forms are in, no votes
const show = (small, { contest, result, stations }) => {
  const shown = alone ? [] : result.pairs.filter(({ votes }) => votes !== null);
  const parts = shown.map(({ number, votes }) => {
    const empty = contest.pairs.find((pair) => pair.number === number).empty_column;
    const badge = document.createElement("span");
    badge.className = `b b${empty ? 0 : ((number - 1) % 6) + 1}${number > 6 ? " bb" : ""}`;
    badge.textContent = number;
    const part = document.createElement("span");
    part.className = "nb";
    part.append(badge, ` ${say(votes)}`);
    return part;
  });
  const { counted, expected, received } = stations;
  const told = expected === null ? box.dataset.some : box.dataset.counted;
  const count = document.createElement("span");
  count.className = "nb";
  count.textContent = told.replace("#", say(alone ? received : counted)).replace("%", say(expected ?? 0));
  small.replaceChildren(...parts.flatMap((part, at) => [part, parts[at + 1] ? " " : " · "]), count);
};
// No form is in, and some will come.
const waits = ({ contest, stations }) => stations.expected && (contest.source_forms ?? ["c_hasil"]).includes("c_hasil");
if (location.protocol.startsWith("http")) {
  for (const link of box.querySelectorAll("a[data-twin]")) {
    fetch(new URL(link.dataset.twin, document.baseURI))
      .then((answer) => answer.json())
      .then((read) => (alone || read.result.basis || waits(read)) && show(link.nextElementSibling, read))
      .catch(() => {});
  }
}
