// The table of places sorts by a column; without a script it stands in the order of the codes.
const value = (cell) => {
  const text = [...cell.childNodes].filter((one) => one.nodeName !== "SMALL").map((one) => one.textContent).join("");
  const digits = text.replace(/[^0-9]/g, "");
  return digits === "" || /[a-z]/i.test(text) ? null : (/[−-]/.test(text) ? -1 : 1) * digits;
};
for (const table of document.querySelectorAll("#wilayah table, #kecamatan table")) {
  const rows = [...table.tBodies].flatMap((one) => [...one.rows]).filter((row) => row.cells.length > 1);
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
