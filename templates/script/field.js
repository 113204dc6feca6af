// Numbers modulo a prime, as BigInt. Only public values are computed with: times may differ.

export function modulo(number, prime) {
  const rest = number % prime;
  return rest < 0n ? rest + prime : rest;
}

export function power(base, exponent, prime) {
  let [result, square] = [1n, modulo(base, prime)];
  for (let rest = exponent; rest; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}

export function inverse(number, prime) {
  return power(number, prime - 2n, prime);
}

// a·P + b·Q with the group's own `double`, `add` and neutral element.
export function combined(a, p, b, q, { zero, double, add }) {
  const both = add(p, q);
  let sum = zero;
  for (let bit = BigInt(Math.max(a.toString(2).length, b.toString(2).length)) - 1n; bit >= 0n; bit--) {
    sum = double(sum);
    const [one, other] = [(a >> bit) & 1n, (b >> bit) & 1n];
    if (one && other) sum = add(sum, both);
    else if (one) sum = add(sum, p);
    else if (other) sum = add(sum, q);
  }
  return sum;
}

// Between two signatures a browser may draw, and be left.
export const turn = () => new Promise((resolve) => setTimeout(resolve));
