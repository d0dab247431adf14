// A canvas as sharp as the screen, and the hatches that tell phases apart without colour.

export interface Surface {
  context: CanvasRenderingContext2D;
  width: number; // CSS pixels
  height: number;
  ratio: number;
}

// Sizes the canvas to the place it has; clears it.
export function surfaceOf(canvas: HTMLCanvasElement): Surface | null {
  const {clientWidth: width, clientHeight: height} = canvas;
  const context = canvas.getContext('2d');
  if (!context || width === 0 || height === 0) return null;
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return {context, width, height, ratio};
}

// Slanted lines on nothing.
export function hatch(colour: string, spacing: number, thickness: number): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = tile.height = spacing;
  const context = tile.getContext('2d');
  if (!context) return colour;
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  for (const shift of [-spacing, 0, spacing]) {
    context.beginPath();
    context.moveTo(shift, spacing);
    context.lineTo(shift + spacing, 0);
    context.stroke();
  }
  return context.createPattern(tile, 'repeat') ?? colour;
}

// "#rrggbb" as ImageData has a pixel, on machines that put the low byte first (all that browsers run on).
export function pixelOf(colour: string, alpha = 1): number {
  const value = Number.parseInt(colour.replace('#', ''), 16);
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return ((Math.round(alpha * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
