// A slow line: node slow_line.mjs PORT MBIT_A_SECOND MILLISECONDS. A proxy of TCP that all
// connections share, with so long a way there and back; it prints its own port.

import { connect, createServer } from "node:net";

const [port, rate, trip] = process.argv.slice(2).map(Number);
const PACKET = 1400;
const HEADERS = 60; // bytes of a packet's own headers
let free = 0;

function delayed(send) {
  const waiting = [];
  return (data, at) => {
    waiting.push(data);
    setTimeout(() => send(waiting.shift()), at - performance.now());
  };
}

createServer({ noDelay: true }, (reader) => {
  const opened = performance.now() + trip; // the greeting of TCP itself
  const site = connect({ port, host: "127.0.0.1", noDelay: true });
  const up = delayed((data) => site.write(data));
  const down = delayed((data) => reader.write(data));
  reader.on("data", (data) => up(data, Math.max(performance.now(), opened) + trip / 2));
  site.on("data", (data) => {
    for (let at = 0; at < data.length; at += PACKET) {
      const part = data.subarray(at, at + PACKET);
      free = Math.max(free, performance.now()) + (part.length + HEADERS) / (rate * 125);
      down(part, free + trip / 2);
    }
  });
  const close = () => [reader, site].forEach((one) => one.destroy());
  for (const one of [reader, site]) one.on("error", close).on("close", () => setTimeout(close, 4 * trip));
}).listen(0, "127.0.0.1", function listening() { console.log(this.address().port); });
