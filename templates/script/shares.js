// Shares as pages write them.

// Per cent with two decimals, rounded half up; with more where it would read as 0, 50 or 100 and is
// not.
export function shareOf(part, whole) {
  for (let scale = 100; ; scale *= 10) {
    const [up, below] = [200n * BigInt(scale) * BigInt(part) + BigInt(whole), 2n * BigInt(whole)];
    const rounded = up / below;
    const exact = rounded * BigInt(whole) === 100n * BigInt(scale) * BigInt(part);
    if (exact || ![0, 50 * scale, 100 * scale].includes(Number(rounded))) {
      const digits = String(Number(rounded) % scale).padStart(String(scale).length - 1, "0");
      return `${Math.floor(Number(rounded) / scale)}.${digits}%`;
    }
  }
}
