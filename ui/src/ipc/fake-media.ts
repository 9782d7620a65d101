/** Images and clips made of arithmetic, for the page in a plain browser. */

/** A picture of `edge` pixels: a gradient and rings whose hue depends on the id. */
export function fakeImage(id: string, edge: number): string {
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  const height = Math.round((edge * 2) / 3);
  const rings = Array.from({ length: 9 }, (_, n) => {
    const radius = ((n + 1) * edge) / 24;
    return `<circle cx="${edge / 2}" cy="${height / 2}" r="${radius}" fill="none" stroke="hsl(${(hue + n * 14) % 360} 70% 60%)" stroke-width="${edge / 90}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${edge}" height="${height}"><defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="hsl(${hue} 60% 30%)"/><stop offset="1" stop-color="hsl(${(hue + 60) % 360} 60% 70%)"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/>${rings.join('')}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** A tone of `seconds` that swells and fades, in the layout of {@link Backend.clipSamples}. */
export function fakeSamples(frequency: number, seconds: number, rate = 22_050): ArrayBuffer {
  const frames = Math.round(seconds * rate);
  const buffer = new ArrayBuffer(20 + frames * 4);
  const view = new DataView(buffer);
  new Uint8Array(buffer).set(new TextEncoder().encode('TBPC'));
  [1, rate, 1, frames].forEach((value, n) => view.setUint32(4 + n * 4, value, true));
  for (let n = 0; n < frames; n += 1) {
    const swell = 0.3 + 0.2 * Math.sin((2 * Math.PI * n) / rate);
    view.setFloat32(20 + n * 4, swell * Math.sin((2 * Math.PI * frequency * n) / rate), true);
  }
  return buffer;
}

/** The waveform of {@link fakeSamples}, in the layout of {@link Backend.clipPeaks}. */
export function fakePeaks(buckets = 400): ArrayBuffer {
  const buffer = new ArrayBuffer(24 + buckets * 4);
  const view = new DataView(buffer);
  new Uint8Array(buffer).set(new TextEncoder().encode('TBPK'));
  [1, 22_050, buckets, buckets * 100, 0].forEach((value, n) =>
    view.setUint32(4 + n * 4, value, true),
  );
  for (let n = 0; n < buckets; n += 1) {
    const height = Math.round(32_767 * (0.3 + 0.2 * Math.sin(n / 12)));
    view.setInt16(24 + n * 4, -height, true);
    view.setInt16(26 + n * 4, height, true);
  }
  return buffer;
}
