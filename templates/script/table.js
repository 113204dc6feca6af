// A workbook of the results of an election (XLSX, ECMA-376), made on the device from the site's own
// tables: a sheet for each contest, a row for each region, two columns for each pair. Codes are texts and
// votes are numbers; no text is a formula. The same tables give the same bytes.

import { utf8 } from "./bytes.js";
import { stored } from "./zip.js";

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKED = "http://schemas.openxmlformats.org/package/2006";
const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const [NUMBER, SHARE, HEAD] = [1, 2, 3];
const MILLION = 1000000;
const STYLES = `<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0000%"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf numFmtId="3" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf fontId="1" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

// Rows of a table of ours as objects; an apostrophe that keeps a text from being a formula goes.
export function records(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    rows.at(-1).push((quoted?.replaceAll('""', '"') ?? plain).replace(/^'(?='*[=+\-@\t\r])/, ""));
    if (end === "\n") rows.push([]);
  }
  const [names, ...kept] = rows.filter((row) => row.length > 1);
  return kept.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
}

// Rows by what they have in a column, in the order of the table.
function grouped(rows, name) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(row[name])) groups.set(row[name], []);
    groups.get(row[name]).push(row);
  }
  return groups;
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function letters(at) {
  return (at < 26 ? "" : letters(Math.floor(at / 26) - 1)) + String.fromCharCode(65 + (at % 26));
}

// `rows` have [value, style]; a value is a number, a text, or null: not reported is no zero.
function sheet(rows, header, frozen) {
  const cell = (row, [value, style = 0], at) => {
    const spot = `r="${letters(at)}${row + 1}" s="${style}"`;
    if (value === null || value === "") return "";
    if (typeof value === "number") return `<c ${spot}><v>${value}</v></c>`;
    return `<c ${spot} t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
  };
  const drawn = rows.map((row, at) => `<row r="${at + 1}">${row.map((one, column) => cell(at, one, column)).join("")}</row>`);
  const width = Math.max(...rows.map((row) => row.length));
  const pane = `<pane xSplit="3" ySplit="1" topLeftCell="D2" activePane="bottomRight" state="frozen"/>`;
  const view = `<sheetViews><sheetView workbookViewId="0">${frozen ? pane : ""}</sheetView></sheetViews>`;
  const filter = frozen ? `<autoFilter ref="A1:${letters(width - 1)}${rows.length}"/>` : "";
  const told = header ? `<headerFooter><oddHeader>&amp;C${escaped(header)}</oddHeader></headerFooter>` : "";
  return `<worksheet xmlns="${MAIN}">${view}<cols><col min="1" max="${width}" width="${frozen ? 18 : 90}" customWidth="1"/></cols><sheetData>${drawn.join("")}</sheetData>${filter}${told}</worksheet>`;
}

function contest(rows, { column, code, votes, share, empty }) {
  const regions = grouped(rows, "region");
  const [first] = regions.values();
  const names = first.map(({ number, pair }) => `${number} ${pair || empty}`);
  const head = [
    ...["region", "level", "name"].map(column), ...names.map((name) => `${name}: ${votes}`), ...names.map((name) => `${name}: ${share}`),
    ...["valid", "invalid", "counted", "expected", "basis", "state", "standing"].map(column),
  ];
  const number = (text, style = NUMBER, whole = 1) => [text === "" ? null : Number(text) / whole, style];
  const told = [...regions.values()].map((own) => {
    const one = own[0];
    return [
      [one.region], [code("level", one.level)], [one.name], ...own.map((row) => number(row.votes)), ...own.map((row) => number(row.share, SHARE, MILLION)),
      ...["valid", "invalid", "counted", "expected"].map((name) => number(one[name])), ...["basis", "state", "standing"].map((name) => [code(name, one[name])]),
    ];
  });
  return [head.map((name) => [name, HEAD]), ...told];
}

// `said`: {language, votes, share, empty, about, header}: words, the lines of the first sheet, and what
// stands above each printed page.
export function workbook(results, codebook, said) {
  const word = said.language === "en" ? "english" : "indonesian";
  const known = new Map(records(codebook).filter(({ file }) => file === "results").map((row) => [`${row.column} ${row.value}`, row[word].split(";")[0]]));
  const told = { ...said, column: (name) => known.get(`${name} `) ?? name, code: (name, value) => known.get(`${name} ${value}`) ?? value };
  const contests = grouped(records(results), "contest");
  const about = sheet(said.about.map((line) => [[line, HEAD]]), said.header, false);
  const sheets = [about, ...[...contests.values()].map((rows) => sheet(contest(rows, told), said.header, true))];
  const names = [said.name, ...contests.keys()].map((name, at) => (name.length > 31 ? `${name.slice(0, 27)} ${at}` : name));
  const parts = names.map((name, at) => [`xl/worksheets/sheet${at + 1}.xml`, `rId${at + 1}`, name]);
  const list = (make) => parts.map(make).join("");
  const files = [
    ["[Content_Types].xml", `<Types xmlns="${PACKED}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${list(([path]) => `<Override PartName="/${path}" ContentType="${TYPE}.worksheet+xml"/>`)}</Types>`],
    ["_rels/.rels", `<Relationships xmlns="${PACKED}/relationships"><Relationship Id="rId1" Type="${RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ["xl/workbook.xml", `<workbook xmlns="${MAIN}" xmlns:r="${RELATED}"><sheets>${list(([, id, name], at) => `<sheet name="${escaped(name)}" sheetId="${at + 1}" r:id="${id}"/>`)}</sheets></workbook>`],
    ["xl/_rels/workbook.xml.rels", `<Relationships xmlns="${PACKED}/relationships">${list(([path, id]) => `<Relationship Id="${id}" Type="${RELATED}/worksheet" Target="/${path}"/>`)}<Relationship Id="rIdS" Type="${RELATED}/styles" Target="/xl/styles.xml"/></Relationships>`],
    ["xl/styles.xml", STYLES],
    ...parts.map(([path], at) => [path, sheets[at]]),
  ];
  return stored(files.map(([path, text]) => [path, utf8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${text}`)]));
}

// The button of the page of an election's data.
export async function save(box) {
  const { csv, codes, file, ...words } = box.dataset;
  const read = async (path) => {
    const answer = await fetch(new URL(path, document.baseURI), { cache: "no-cache" });
    if (!answer.ok) throw new Error(path);
    return answer.text();
  };
  const shown = (query) => document.querySelector(query)?.textContent.trim().replace(/\s+/g, " ") ?? "";
  const header = shown(".notice p");
  const about = [shown("h1"), header, shown(".head .meta"), location.href.replace(/#.*/, ""), words.proof].filter(Boolean);
  const bytes = workbook(await read(csv), await read(codes), { ...words, header, about, language: document.documentElement.lang });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: `${TYPE}.sheet` }));
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
