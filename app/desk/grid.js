// @ts-check
// The table of a sheet: a row for each figure, a column for each place below, and one field in which
// the chosen cell is typed. It changes only what changed: three hundred columns stay usable.

import { h } from "../dom.js";
import { words } from "../numbers.js";
import { cellOf, changesOf, lackingOf, numberIn, totalOf } from "./sheet.js";

/**
 * @typedef {import("./sheet.js").Work} Work
 * @typedef {{node: HTMLElement, refresh: () => void, choose: (code: string, field: string) => void}} Grid
 */

/** A number as people read it. @param {number | null} number */
export function said(number) {
  return number === null ? "–" : String(number).replace(/\B(?=([0-9]{3})+$)/g, ".");
}

/**
 * @param {Work} work @param {string} below what the forms below are called
 * @param {(code: string, field: string, text: string) => void} take keeps what was typed; "" is what the form below says
 * @returns {Grid}
 */
export function gridOf(work, below, take) {
  const at = { row: 0, column: 0 };
  const heads = work.columns.map((column) => h("th", { scope: "col" }, column.code.length === 3 ? column.name : h("span", {}, column.name)));
  const sums = work.rows.map(() => h("td", { class: "n" }));
  const cells = work.rows.map((_, row) => work.columns.map((__, column) => h("td", { class: "n", tabindex: "-1", "data-row": row, "data-column": column })));
  const body = work.rows.map(({ code, label }, row) => h("tr", {}, h("th", { scope: "row" }, h("b", {}, code), ` ${label.split(",")[0]}`), sums[row], ...cells[row]));
  const table = h("table", { class: "kisi", role: "grid", "aria-label": "Tabel rekap" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Baris"), h("th", { scope: "col", class: "n" }, "Jumlah"), ...heads)), h("tbody", {}, ...body));
  const label = h("label", { for: "sel" });
  const told = h("p", { class: "meta", "aria-live": "polite" });
  const field = /** @type {HTMLInputElement} */ (h("input", { id: "sel", class: "nomor", type: "text", inputmode: "numeric", maxlength: "9", autocomplete: "off" }));
  const node = h("div", { class: "meja" }, h("div", { class: "gulung" }, table), h("div", { class: "sunting" }, label, field, told));

  const here = () => ({ column: work.columns[at.column], row: work.rows[at.row], cell: cells[at.row][at.column] });

  /** @param {number} row @param {number} column */
  function paint(row, column) {
    const [place, { field: name }] = [work.columns[column], work.rows[row]];
    const [value, before] = [cellOf(work, place, name), place.figures?.[name]];
    const differs = before !== undefined && value !== null && value !== before;
    const cell = cells[row][column];
    cell.className = `n${differs ? " ubah" : value === null ? " kosong" : ""}`;
    cell.replaceChildren(...(differs ? [h("s", {}, said(before)), " "] : []), said(value));
  }

  /** @param {number} row */
  function add(row) {
    sums[row].textContent = said(totalOf(work, work.rows[row].field));
  }

  /** @param {number} column */
  function mark(column) {
    const place = work.columns[column];
    const [lacks, differs] = [lackingOf(work, place).length, changesOf(work, place).length];
    heads[column].className = lacks ? "kosong" : differs ? "ubah" : "";
    heads[column].title = lacks ? `${lacks} angka belum ada` : differs ? `${differs} angka berbeda dengan ${below}` : `sama dengan ${below}`;
  }

  function tell() {
    const { column, row } = here();
    const [value, before] = [cellOf(work, column, row.field), column.figures?.[row.field]];
    label.textContent = `${column.name} · ${row.code} ${row.label}`;
    const from = before === undefined ? `${below} belum tercatat: ketik dari kertas.` : value === before ? `Sama dengan ${below}.` : `${below}: ${said(before)}. Kosongkan untuk kembali.`;
    told.textContent = `${value !== null && value < 1_000_000 ? `${words(value)}. ` : ""}${from}`;
  }

  /** @param {number} row @param {number} column */
  function move(row, column) {
    here().cell.tabIndex = -1;
    here().cell.classList.remove("dipilih");
    at.row = Math.max(0, Math.min(row, work.rows.length - 1));
    at.column = Math.max(0, Math.min(column, work.columns.length - 1));
    const { cell, column: place, row: { field: name } } = here();
    cell.tabIndex = 0;
    cell.classList.add("dipilih");
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    const value = cellOf(work, place, name);
    field.value = value === null ? "" : String(value);
    tell();
  }

  function typed() {
    const { column, row: { field: name } } = here();
    field.value = field.value.replace(/[^0-9]/g, "");
    const number = numberIn(field.value);
    const text = number === null || number === column.figures?.[name] ? "" : String(number);
    if (text) work.typed.set(`${column.code}/${name}`, text);
    else work.typed.delete(`${column.code}/${name}`);
    paint(at.row, at.column);
    here().cell.classList.add("dipilih");
    add(at.row);
    mark(at.column);
    tell();
    take(column.code, name, text);
  }

  /** Down the column, then on to the next one. @param {number} step */
  function onward(step) {
    const [rows, columns] = [work.rows.length, work.columns.length];
    const next = at.column * rows + at.row + step;
    if (next >= 0 && next < rows * columns) move(next % rows, Math.floor(next / rows));
    field.select();
  }

  /** @type {Record<string, [number, number]>} */
  const ways = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], PageDown: [0, 10], PageUp: [0, -10] };
  table.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const way = ways[event.key];
    if (way) {
      move(at.row + way[0], at.column + way[1]);
      here().cell.focus();
    } else if (/^[0-9]$/.test(event.key)) {
      field.value = "";
      field.focus(); // the key itself is typed there
      return;
    } else if (event.key === "Home" || event.key === "End") {
      move(at.row, event.key === "Home" ? 0 : work.columns.length - 1);
      here().cell.focus();
    } else if (event.key === "Enter") field.select();
    else return;
    event.preventDefault();
  });
  table.addEventListener("click", (event) => {
    const cell = /** @type {HTMLElement} */ (event.target).closest("td[data-row]");
    if (!(cell instanceof HTMLElement)) return;
    move(Number(cell.dataset.row), Number(cell.dataset.column));
    field.select();
  });
  field.addEventListener("input", typed);
  field.addEventListener("keydown", (event) => {
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") here().cell.focus();
    else if (step) onward(step);
    else return;
    event.preventDefault();
  });

  function refresh() {
    work.columns.forEach((_, column) => {
      work.rows.forEach((__, row) => paint(row, column));
      mark(column);
    });
    work.rows.forEach((_, row) => add(row));
    move(at.row, at.column);
  }

  refresh();
  return {
    node, refresh,
    choose(code, name) {
      move(work.rows.findIndex((row) => row.field === name), work.columns.findIndex((column) => column.code === code));
      field.select();
    },
  };
}
