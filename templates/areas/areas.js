// A table of places sorts by a column, and the map takes the colours of one. Without a script the
// table stands in the order of the codes, and the map shows who leads.
const OPACITIES = [0.15, 0.4, 0.7, 1];

// The share that a text shows: hundredths of per cent. Near 0, 50 and 100% it has more decimals.
const shareIn = (text) => {
  const [, whole, hundredths, rest] = /([0-9]+)[.,]([0-9]{2})([0-9]*)%/.exec(text) ?? [];
  return whole === undefined ? null : Number(`${whole}${hundredths}.${rest}`);
};

const value = (cell) => {
  const text = [...cell.childNodes].filter((one) => one.nodeName !== "SMALL").map((one) => one.textContent).join("");
  const share = shareIn(text);
  if (share !== null) return share;
  const digits = text.replace(/[^0-9]/g, "");
  return digits === "" || /[a-z]/i.test(text) ? null : (/[−-]/.test(text) ? -1 : 1) * digits;
};
const rowsOf = (table) => [...table.tBodies].flatMap((one) => [...one.rows]).filter((row) => row.cells.length > 1);
for (const table of document.querySelectorAll("#wilayah table, #kecamatan table")) {
  const rows = rowsOf(table);
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = at ? "descending" : "ascending";
      const way = head.getAttribute("aria-sort") !== first ? first : at ? "ascending" : "descending";
      for (const one of heads) one.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", way);
      const known = (row) => (at ? value(row.cells[at]) : rows.indexOf(row));
      const order = (left, right) => {
        const [one, other] = [known(left), known(right)];
        if (one === null || other === null) return (one === null) - (other === null);
        return way === "descending" ? other - one : one - other;
      };
      table.tBodies[0].replaceChildren(...[...rows].sort(order));
      while (table.tBodies[1]) table.tBodies[1].remove();
    });
  });
}

const shareOf = (cell) => shareIn([...(cell?.childNodes ?? [])].map((one) => one.textContent).join(" "));

// Where four steps of equal, round width begin so that they hold every share.
const stepsOf = (shares) => {
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  for (const width of [25, 50, 100, 200, 250, 500, 1000, 2000]) {
    const start = Math.floor(least / width) * width;
    if (most < start + 4 * width) return [1, 2, 3].map((n) => start + n * width);
  }
  return [2500, 5000, 7500];
};

const box = document.querySelector("#peta .ask");
if (box) {
  const shapes = [...document.querySelectorAll("#peta .map path")];
  const numbers = document.querySelectorAll("#peta text");
  const [drawing, key, select] = ["svg.map", ".key", "select"].map((one) => document.querySelector(`#peta ${one}`));
  const [first, said] = [[...key.children], drawing.getAttribute("aria-label")];
  // A shape for each place of its table, in the order of the codes; an empty one for what is aside.
  const table = document.querySelector(`#${box.dataset.of} table`);
  const places = rowsOf(table);
  const classes = shapes.map((one) => one.getAttribute("class"));
  const percent = (n) => (n / 100).toLocaleString(document.documentElement.lang);
  const views = [];
  [...table.tHead.rows[0].cells].forEach((head, at) => {
    const shares = places.map((row) => shareOf(row.cells[at]));
    if (!at || shares.filter((one) => one !== null).length < 2) return;
    const number = /\bb([0-9]+)/.exec(head.querySelector(".b")?.className)?.[1];
    views.push({ shares, fill: number ? `f${number}` : "f-ink" });
    select.append(new Option(head.textContent.trim(), views.length));
  });
  const paint = (shape, fill, opacity) => {
    shape.setAttribute("class", fill);
    shape.setAttribute("fill-opacity", opacity);
  };
  const item = (text, fill, opacity) => {
    const made = document.createElement("li");
    const square = first[0].firstElementChild.cloneNode(true);
    paint(square.firstElementChild, fill, opacity);
    made.append(square, text);
    return made;
  };
  const show = () => {
    const view = views[select.value - 1];
    for (const one of numbers) one.setAttribute("visibility", view ? "hidden" : "visible");
    if (!view) {
      shapes.forEach((one, at) => {
        one.setAttribute("class", classes[at]);
        one.removeAttribute("fill-opacity");
      });
      key.replaceChildren(...first);
      return drawing.setAttribute("aria-label", said);
    }
    const { shares, fill } = view;
    const known = shares.filter((one) => one !== null);
    const steps = stepsOf(known);
    const stepOf = (share) => steps.filter((one) => share >= one).length;
    shapes.forEach((one, at) => paint(one, fill, shares[at] === null ? 0 : OPACITIES[stepOf(shares[at])]));
    const told = [box.dataset.below, box.dataset.from, box.dataset.from, box.dataset.above];
    const lines = told.map((text, at) => {
      const count = known.filter((one) => stepOf(one) === at).length;
      const from = percent(steps[Math.max(0, at - 1)]);
      return `${text.replace("#", from).replace("@", percent(steps[at] ?? 0))} (${count})`;
    });
    key.replaceChildren(...lines.map((text, at) => item(text, fill, OPACITIES[at])));
    drawing.setAttribute("aria-label", `${select.selectedOptions[0].text}: ${lines.join("; ")}`);
  };
  box.hidden = !views.length;
  select.addEventListener("change", show);
}
