// What every picture of ours is made of: paper, words, lines, and the colours that the whole project uses, in
// light and dark. Pure: SVG text without a script, so that it shows in any browser and in a README.

const colours = `
  svg { color-scheme: light dark; }
  text { font: 14px system-ui, sans-serif; fill: var(--ink); font-variant-numeric: tabular-nums; }
  svg { --paper: #FBFAF7; --ink: #1B1F24; --muted: #5B6470; --rule: #D9D5CC; --h1: #A84F00; --h2: #0B62B0; --failed: #B3261E; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #14171A; --ink: #E8E6E1; --muted: #9AA3AD; --rule: #2B3036; --h1: #F2A03D; --h2: #5AB0F2; --failed: #FF7B72; }
  }
  .paper { fill: var(--paper); } .title { font-size: 20px; } .strong { font-weight: 600; } .muted { fill: var(--muted); }
  .failed { fill: var(--failed); } .rule { stroke: var(--rule); }`;

const escaped = (text) => `${text}`.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

export const words = (x, y, kind, text, anchor = 'start') =>
  `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escaped(text)}</text>`;

export const line = (x1, y1, x2, y2, kind) =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="${kind}"/>`;

// The whole: `style` is what this picture has beside the colours, `parts` its elements.
export function picture({ width, height, title, style, parts }) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<style>${colours}${style}
</style>
<rect class="paper" width="${width}" height="${height}"/>
${parts.join('\n')}
</svg>
`;
}
