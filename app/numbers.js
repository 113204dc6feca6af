// @ts-check
// Figures as the paper has them: three boxes, and the number in words.

const DIGITS = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];
const TYPED = /^X{0,2}[0-9]{1,3}$/;

/** The number of three boxes, null where none is typed; X is an empty box. @param {string | undefined} typed */
export function numberOf(typed) {
  if (typed === undefined || typed.length > 3 || !TYPED.test(typed)) return null;
  return Number(typed.replaceAll("X", ""));
}

/** The words of 0…999,999. @param {number} number @returns {string} */
export function words(number) {
  if (number === 0) return DIGITS[0];
  const thousands = Math.floor(number / 1000);
  const said = [];
  if (thousands === 1) said.push("seribu");
  else if (thousands) said.push(...belowThousand(thousands), "ribu");
  return [...said, ...belowThousand(number % 1000)].join(" ");
}

/** @param {number} number @returns {string[]} */
function belowThousand(number) {
  const hundreds = Math.floor(number / 100);
  const said = hundreds === 1 ? ["seratus"] : hundreds ? [DIGITS[hundreds], "ratus"] : [];
  return [...said, ...belowHundred(number % 100)];
}

/** @param {number} number @returns {string[]} */
function belowHundred(number) {
  const [tens, ones] = [Math.floor(number / 10), number % 10];
  if (!tens) return ones ? [DIGITS[ones]] : [];
  if (number === 10) return ["sepuluh"];
  if (number === 11) return ["sebelas"];
  if (tens === 1) return [DIGITS[ones], "belas"];
  return [DIGITS[tens], "puluh", ...(ones ? [DIGITS[ones]] : [])];
}
