// @ts-check
// Whether a photograph is sharp enough to be read.

const REACH = 16; // pixels
const RARE = 0.0005; // of all places: print covers little of a paper
const FAINT = 30; // of 255
const STEEP = 0.15; // of what changes within REACH, from one pixel to the next: an edge as wide as a pen

/** @typedef {{data: Uint8ClampedArray, width: number, height: number}} Pixels */

/** Whether the steepest edges are wide, across or along. @param {Pixels} pixels */
export function isBlurred(pixels) {
  return [1, pixels.width].some((step) => {
    const [near, far] = [1, REACH].map((reach) => steepest(pixels, step, reach));
    return far < FAINT || near < STEEP * far;
  });
}

/** What changes within `reach` pixels where it changes most, without the rarest. @param {Pixels} pixels @param {number} step 1, or a row @param {number} reach */
function steepest({ data, width, height }, step, reach) {
  const counts = new Uint32Array(256);
  let places = 0;
  for (let y = 0; y + (step > 1 ? reach : 0) < height; y += step > 1 ? 1 : 3) {
    for (let x = 0; x + (step > 1 ? 0 : reach) < width; x += step > 1 ? 3 : 1) {
      const at = (y * width + x) * 4 + 1; // green
      counts[Math.abs(data[at] - data[at + step * reach * 4])] += 1;
      places += 1;
    }
  }
  let [left, value] = [places * RARE, 255];
  for (; value > 0 && left > counts[value]; value -= 1) left -= counts[value];
  return value;
}
