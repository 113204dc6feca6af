// Figures of a reader's own copy beside those of the form: worked out and kept here, sent to nobody.
const box = document.querySelector("#salinan details");
const { same, sums, told, total, votes } = box.dataset;
const status = box.querySelector("[role=status]");
const name = `rekap-salinan ${box.dataset.own}`;
const rows = [...box.querySelectorAll("tbody tr")].map((row) => ({
  field: row.dataset.f,
  input: row.querySelector("input"),
  form: row.cells[2].textContent,
  gap: row.cells[3],
}));
const numberOf = (text) => (/[0-9]/.test(text) ? Number(text.replace(/[^0-9]/g, "")) : null);
const say = (n) => n.toLocaleString(document.documentElement.lang);
const put = (text, ...values) => values.reduce((said, [hole, value]) => said.replace(hole, say(value)), text);

// What the copy's own figures do not add up to, if they do not.
const unlike = (text, parts, whole) => {
  if (!parts.length || [...parts, whole].some((one) => one === null || one === undefined)) return [];
  const sum = parts.reduce((one, other) => one + other, 0);
  return sum === whole ? [] : [put(text, ["#", sum], ["%", whole])];
};

const look = () => {
  const own = Object.fromEntries(rows.map(({ field, input }) => [field, numberOf(input.value)]));
  for (const { field, form, gap } of rows) {
    const apart = own[field] === null ? null : numberOf(form) - own[field];
    gap.className = apart ? "n x" : "n";
    gap.textContent = apart === null ? "" : apart ? (apart > 0 ? "+" : "−") + say(Math.abs(apart)) : same;
  }
  const typed = rows.filter(({ field }) => own[field] !== null);
  const equal = typed.filter(({ gap }) => gap.textContent === same);
  const pairs = rows.filter(({ field }) => field.startsWith("pair_")).map(({ field }) => own[field]);
  const faults = [
    ...unlike(votes, pairs, own.valid),
    ...unlike(total, [own.valid ?? null, own.invalid ?? null], own.total),
  ];
  const counted = put(told, ["#", equal.length], ["%", rows.length]);
  status.textContent = typed.length ? [counted, ...(faults.length ? [sums, ...faults] : [])].join(" ") : "";
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== null));
};

// Storage may be refused: then nothing is kept.
const kept = (act) => {
  try {
    return act(localStorage);
  } catch {
    return null;
  }
};

box.addEventListener("input", () => {
  const own = look();
  kept((store) => (Object.keys(own).length ? store.setItem(name, JSON.stringify(own)) : store.removeItem(name)));
});
const before = kept((store) => JSON.parse(store.getItem(name)));
if (before) {
  for (const { field, input } of rows) input.value = Number.isInteger(before[field]) ? before[field] : "";
  look();
}
