// A line's profile as text, "cable,rtt=200ms", and back: the fields that have a slider. Others are kept as they stand.

export interface LineFields {
  preset: string | null;
  rtt_ms: number;
  down_bps: number | null; // null: unlimited
  up_bps: number | null;
  loss: number; // both ways, 0 to 1
  queue_packets: number;
  seed: number;
  others: string[]; // "cc=cubic", "burst=3", as given
}

export const noLine: LineFields = {
  preset: null, rtt_ms: 0, down_bps: null, up_bps: null, loss: 0, queue_packets: 100, seed: 1, others: [],
};

export type Presets = ReadonlyMap<string, LineFields>;

const units: Record<string, number> = {bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9};

function rateFrom(text: string): number | null {
  const found = /^([\d.]+)(bit|kbit|mbit|gbit)$/.exec(text);
  return found ? Number(found[1]) * (units[found[2] ?? ''] ?? 1) : null;
}

function millisecondsFrom(text: string): number {
  const found = /^([\d.]+)(ms|s)$/.exec(text);
  return found ? Number(found[1]) * (found[2] === 's' ? 1000 : 1) : 0;
}

const plain = (value: number): string => String(Number(value.toPrecision(6)));

export function rateText(bps: number | null): string {
  if (bps === null) return 'unlimited';
  if (bps >= 1e9) return `${plain(bps / 1e9)}gbit`;
  return bps >= 1e6 ? `${plain(bps / 1e6)}mbit` : `${plain(bps / 1e3)}kbit`;
}

function withField(fields: LineFields, name: string, value: string): LineFields {
  switch (name) {
    case 'rtt': return {...fields, rtt_ms: millisecondsFrom(value)};
    case 'down': return {...fields, down_bps: rateFrom(value)};
    case 'up': return {...fields, up_bps: rateFrom(value)};
    case 'loss': return {...fields, loss: Number.parseFloat(value) / 100 || 0};
    case 'seed': return {...fields, seed: Number(value) || 0};
    case 'queue':
      return /^\d+$/.test(value) ? {...fields, queue_packets: Number(value)} : {...fields, others: [...fields.others, `queue=${value}`]};
    default: return {...fields, others: [...fields.others, `${name}=${value}`]};
  }
}

export function lineFrom(text: string, presets: Presets): LineFields {
  const [first = '', ...rest] = text.split(',').map((field) => field.trim());
  const base = presets.get(first);
  const given = base || first === '' ? rest : [first, ...rest];
  return given.reduce((fields, field) => {
    const [name = '', value] = field.split(/=(.*)/s);
    return value === undefined ? fields : withField(fields, name, value);
  }, base ?? noLine);
}

// What differs from the preset, or from no line at all, in the order of the documentation.
export function lineText(fields: LineFields, presets: Presets): string {
  const base = presets.get(fields.preset ?? '') ?? noLine;
  const said: string[] = [];
  if (fields.preset !== null && presets.has(fields.preset)) said.push(fields.preset);
  if (fields.rtt_ms !== base.rtt_ms) said.push(`rtt=${plain(fields.rtt_ms)}ms`);
  if (fields.down_bps !== base.down_bps) said.push(`down=${rateText(fields.down_bps)}`);
  if (fields.up_bps !== base.up_bps) said.push(`up=${rateText(fields.up_bps)}`);
  if (fields.loss !== base.loss) said.push(`loss=${plain(fields.loss * 100)}%`);
  if (fields.queue_packets !== base.queue_packets) said.push(`queue=${fields.queue_packets}`);
  if (fields.seed !== base.seed) said.push(`seed=${fields.seed}`);
  said.push(...fields.others.filter((other) => !base.others.includes(other)));
  return said.join(',') || 'perfect';
}

// The line of the nth pass: where segments are lost, each pass loses others, the same for all lanes of the pass.
export function lineOfPass(fields: LineFields, pass: number): LineFields {
  return fields.loss > 0 ? {...fields, seed: fields.seed + pass} : fields;
}
