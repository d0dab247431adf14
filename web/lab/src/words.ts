// How figures are written everywhere: units always, milliseconds below 10 s, one sensible precision.

export function time(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return 'unknown';
  if (Math.abs(ms) >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.abs(ms) < 10 && ms !== 0 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

export function size(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte');
  if (bytes < 1e6) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

export function rate(bps: number | null): string {
  if (bps === null) return 'unlimited';
  if (bps >= 1e9) return `${figure(bps / 1e9)} Gbit/s`;
  if (bps >= 1e6) return `${figure(bps / 1e6)} Mbit/s`;
  return `${figure(bps / 1e3)} kbit/s`;
}

const figure = (value: number): string => String(Number(value.toPrecision(3)));

export const percent = (share: number): string => `${figure(share * 100)} %`;

// "2.4", "12": what stands before "times".
export const times = (ratio: number): string => (ratio < 9.95 ? ratio.toFixed(1) : String(Math.round(ratio)));




export function counted(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

// "a", "a and b", "a, b and c".
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

const protocolNames: Record<string, string> = {
  'http/1.0': 'HTTP/1.0', 'http/1.1': 'HTTP/1.1', h1: 'HTTP/1.1', h2: 'HTTP/2', h2c: 'HTTP/2 in cleartext',
};

export const protocolName = (protocol: string): string => protocolNames[protocol] ?? protocol;
