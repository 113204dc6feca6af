// @ts-check
// From a spreadsheet into the table: what was understood is shown, and what was not is asked; nothing
// is taken before a person says so. And the table as a meeting sees it, from ten metres.

import { box, button, h, notYet } from "../dom.js";
import { voteRows } from "../paper.js";
import { go, show, shown, tell } from "../screen.js";
import { forget, get, put } from "../store.js";
import { said } from "./grid.js";
import { deskKit, prefixOf } from "./draft.js";
import { drafted, formWords } from "./open.js";
import { causeWords, changesOf, isOpen, labelIn, nameIn, totalOf } from "./sheet.js";
import { guess, openIn, rowsOfFile, rowsOfText, valuesOf } from "./spreadsheet.js";

/**
 * @typedef {import("../screen.js").Screen} Screen
 * @typedef {import("./draft.js").Sheet} Sheet
 * @typedef {import("./sheet.js").Work} Work
 * @typedef {{rows: string[][], picks: Record<string, string>}} Import what a file says, and which line goes where by a person's choice
 */

const SHOWN = 20;

/** @param {string} region @returns {Promise<Screen>} */
export function importing(region) {
  return drafted(region, "Impor", (sheet, { work }) => imported(sheet, work));
}

/** @param {Sheet} sheet @param {Work} work @returns {Promise<Screen>} */
async function imported(sheet, work) {
  const given = /** @type {Import | undefined} */ (await get(`${prefixOf(sheet)}impor`));
  const mapping = given ? guess(given.rows, work.rows, work.columns) : null;
  if (!given || !mapping) return asking(sheet, Boolean(given));
  mapping.lines = mapping.lines.map((line) => (line.at in given.picks ? { ...line, to: given.picks[line.at], why: "dipilih" } : line));
  return mapped(sheet, work, given, mapping);
}

/** @param {Sheet} sheet @param {boolean} failed @returns {Screen} */
function asking(sheet, failed) {
  const back = `#lembar/${sheet.region}`;
  const keep = async (/** @type {string[][]} */ rows) => {
    await put({ [`${prefixOf(sheet)}impor`]: { rows, picks: {} } });
    await show();
  };
  const text = h("textarea", { id: "tempel", rows: "8", input: (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLTextAreaElement} */ (event.target);
    if (value.includes("\n")) keep(rowsOfText(value));
  } });
  const file = h("input", { id: "berkas", type: "file", accept: ".xlsx,.csv,.tsv,.txt", change: (/** @type {Event} */ event) => {
    const [chosen] = /** @type {HTMLInputElement} */ (event.target).files ?? [];
    if (chosen) tell(async () => keep(await readFile(chosen)));
  } });
  return {
    title: "Tempel atau impor", back, wide: true,
    isi: [failed ? box("beda", "Tidak ada judul kolom yang dikenali", `Tabel itu perlu satu baris atau lajur dengan nama tempat, misalnya ${sheet.column === "c_hasil" ? "“TPS 001”" : "kode atau nama wilayah"}, dan satu dengan nama isian.`) : null,
      h("label", { for: "tempel" }, "Salin tabelnya di lembar kerja, dengan judulnya, lalu tempel di sini"), text,
      h("label", { for: "berkas" }, "Atau buka berkas XLSX atau CSV"), file,
      h("p", { class: "meta" }, "Berkas Anda tidak berubah dan tidak dikirim. Hanya angkanya yang dibaca.")],
    bawah: [button("Kembali ke tabel", () => go(back))],
  };
}

/** @param {File} chosen */
async function readFile(chosen) {
  try {
    return await rowsOfFile(new Uint8Array(await chosen.arrayBuffer()));
  } catch {
    shown.said = "Berkas itu tidak terbaca. Simpan sebagai CSV, atau salin tabelnya dan tempel.";
    return [];
  }
}

/** @param {Sheet} sheet @param {Work} work @param {Import} given @param {import("./spreadsheet.js").Mapping} mapping @returns {Screen} */
function mapped(sheet, work, given, mapping) {
  const title = formWords(sheet.column);
  const { unknown, twice } = openIn(mapping);
  const { cells, wrong } = valuesOf(mapping);
  const back = `#lembar/${sheet.region}`;
  const at = `${prefixOf(sheet)}impor`;
  const columns = new Map(work.columns.map((column) => [column.code, column]));
  const [name, label] = [nameIn(work.columns), labelIn(work.rows)];
  const differing = cells.filter(({ code, field, number }) => columns.get(code)?.figures && columns.get(code)?.figures?.[field] !== number);
  const absent = work.columns.filter(({ code }) => !mapping.places.some(({ to }) => to === code));
  const bare = mapping.places.filter(({ to }) => !columns.get(to)?.figures).length;
  const changed = new Set(differing.map(({ code }) => code)).size;
  const pick = async (/** @type {number} */ line, /** @type {string} */ to) => {
    await put({ [at]: { ...given, picks: { ...given.picks, [line]: to } } });
    await show();
  };
  const act = () => tell(async () => {
    const key = (/** @type {string} */ code, /** @type {string} */ field) => `${prefixOf(sheet)}sel/${code}/${field}`;
    const isBelow = (/** @type {{code: string, field: string, number: number}} */ one) => columns.get(one.code)?.figures?.[one.field] === one.number;
    await put(Object.fromEntries(cells.filter((one) => !isBelow(one)).map(({ code, field, number }) => [key(code, field), String(number)])), [at, ...cells.filter(isBelow).map(({ code, field }) => key(code, field))]);
    go(back);
  });
  const again = async () => {
    await forget(at);
    await show();
  };
  const blocked = unknown ? `${unknown} baris belum dipilih` : twice ? `${twice} isian dipilih dua kali` : wrong.length ? `${wrong.length} sel bukan angka bulat` : cells.length ? "" : "Tidak ada angka yang masuk";
  return {
    title: "Cocokkan dengan formulir", back, wide: true,
    isi: [h("h2", { class: "judul" }, `${mapping.places.length} dari ${work.columns.length} kolom, ${mapping.lines.length} baris`), h("p", {}, "Aplikasi menebak; Anda memastikan. Belum ada yang masuk ke tabel."),
      wrong.length ? box("beda", `${wrong.length} sel bukan angka bulat`, ...wrong.slice(0, SHOWN).map(({ code, field, text }) => `${name(code)}, ${label(field)}: “${text.slice(0, 20)}”`), "Titik bisa berarti ribuan atau pecahan. Betulkan di lembar kerja menjadi angka saja, lalu tempel lagi.") : null,
      absent.length ? box("beda", `${absent.length} kolom tidak ada di berkas`, absent.slice(0, SHOWN).map((one) => one.name).join(", "), `Kolom itu tetap seperti ${title} yang tercatat.`) : null,
      box(differing.length ? "beda" : "ya", `Sesudah masuk: ${mapping.places.length - changed - bare} kolom sama dengan ${title}, ${changed} berbeda${bare ? `, ${bare} tanpa ${title} yang tercatat` : ""}`,
        ...differing.slice(0, SHOWN).map(({ code, field, number }) => `${name(code)}, ${label(field)}: berkas ${said(number)}, ${title} ${said(columns.get(code)?.figures?.[field] ?? null)}`), ...(differing.length > SHOWN ? [`dan ${differing.length - SHOWN} sel lain`] : []), ...(differing.length ? ["Yang berbeda ditandai di tabel dan perlu dasar dan paraf."] : [])),
      h("div", { class: "peta", tabindex: "0", role: "region", "aria-label": "Baris berkas" }, h("table", {}, h("caption", {}, `Isi pertama: ${mapping.places.slice(0, 3).map(({ to, text }) => `${name(to)} (“${text}”)`).join(", ")}`),
        h("thead", {}, h("tr", {}, ...["Di berkas", "Isi pertama", "Masuk ke baris", "Keadaan"].map((words) => h("th", { scope: "col" }, words)))),
        h("tbody", {}, ...[...mapping.lines].sort((a, b) => Number(b.to === "?") - Number(a.to === "?")).map((line) => h("tr", {}, h("th", { scope: "row" }, line.text), h("td", {}, line.first.join(" · ")),
          h("td", {}, h("select", { "aria-label": `Masuk ke baris: ${line.text}`, change: (/** @type {Event} */ event) => pick(line.at, /** @type {HTMLSelectElement} */ (event.target).value) },
            ...(line.to === "?" ? [h("option", { value: "?", selected: true }, "Pilih baris …")] : []), h("option", { value: "", selected: line.to === "" }, "Jangan dipakai"),
            ...work.rows.map((row) => h("option", { value: row.field, selected: row.field === line.to }, `${row.code} ${row.label}`)))),
          h("td", {}, line.why))))))],
    bawah: [blocked ? notYet(blocked) : button("Ambil ke tabel", act, "main"), button("Tempel yang lain", again)],
  };
}

/** The table for everybody in the room: the votes, what was added up and what the sheet says. @param {string} region @returns {Promise<Screen>} */
export function meeting(region) {
  return drafted(region, "Layar rapat", (sheet, { work }) => projected(sheet, work));
}

/** @param {Sheet} sheet @param {Work} work @returns {Screen} */
function projected(sheet, work) {
  const { region } = sheet;
  const { sheets, pairs } = deskKit();
  const at = sheets.findIndex((one) => one.region === region);
  const title = formWords(sheet.column);
  const changed = work.columns.filter((column) => changesOf(work, column).length);
  const there = work.columns.filter(({ figures }) => figures).length;
  const rows = voteRows(pairs).map(({ field, code, label }) => {
    const below = work.columns.reduce((sum, { figures }) => sum + (figures?.[field] ?? 0), 0);
    const total = totalOf(work, field);
    const apart = total === null ? null : total - below;
    return h("tr", {}, h("th", { scope: "row" }, `${code} ${label}`), ...[said(below), said(total), apart === null ? "–" : apart < 0 ? `−${said(-apart)}` : said(apart)].map((text) => h("td", { class: "n" }, text)));
  });
  const other = (/** @type {number} */ step) => sheets[(at + step + sheets.length) % sheets.length].region;
  const label = labelIn(work.rows);
  return {
    title: sheet.name, back: `#lembar/${region}`, wide: true,
    isi: [h("div", { class: "layarrapat" }, h("table", {}, h("caption", {}, `${there} dari ${work.columns.length} ${title} tercatat`),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Pasangan"), ...[`Jumlah ${title}`, "Lembar ini", "Selisih"].map((words) => h("th", { scope: "col", class: "n" }, words)))), h("tbody", {}, ...rows))),
      ...changed.map((column) => {
        const cause = work.causes.get(column.code);
        return box("beda", column.name, ...changesOf(work, column).map(({ field, from, to }) => `${label(field)} dari ${said(from)} menjadi ${said(to)}`),
          isOpen(cause) ? "Belum ada dasar atau paraf." : causeWords(cause ?? {}));
      }), h("p", {}, `${work.columns.length - changed.length} kolom lain sama dengan ${title}, atau diketik dari kertas.`)],
    bawah: [button(`Berikutnya: ${formWords(sheets[(at + 1) % sheets.length].form)} ${sheets[(at + 1) % sheets.length].name}`, () => go(`#rapat/${other(1)}`)), button("Sebelumnya", () => go(`#rapat/${other(-1)}`))],
  };
}
