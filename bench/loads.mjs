// The loads, and nothing else: what h2load asks for. Times and counts for one sample are in `plans`.

const KB = 1024;

// The files every server has, by name.
export const files = { '1k.bin': KB, '10k.bin': 10 * KB, '1m.bin': 1024 * KB };

// kind `requests`: steady requests on open connections; the unit is a request.
// kind `handshakes`: connections that bring one request each; the unit is a connection.
// kind `idle`: connections that brought one request and stay; the unit is a connection, the figure is memory.
// warm_up is how many requests calibrate a sample: some tenths of a second for each server here.
export const loads = [
  {
    name: 'h2-1k-32x32',
    title: 'h2 1 KB 32x32',
    kind: 'requests',
    protocol: 'h2',
    file: '1k.bin',
    connections: 32,
    streams: 32,
    warm_up: 20_000,
  },
  {
    name: 'h2-1k-8x1',
    title: 'h2 1 KB 8x1',
    kind: 'requests',
    protocol: 'h2',
    file: '1k.bin',
    connections: 8,
    streams: 1,
    warm_up: 8_000,
  },
  {
    name: 'h1-1k-32',
    title: 'h1 1 KB 32',
    kind: 'requests',
    protocol: 'http/1.1',
    file: '1k.bin',
    connections: 32,
    streams: 1,
    warm_up: 10_000,
  },
  {
    name: 'h2-10k-32x32',
    title: 'h2 10 KB 32x32',
    kind: 'requests',
    protocol: 'h2',
    file: '10k.bin',
    connections: 32,
    streams: 32,
    warm_up: 10_000,
  },
  {
    name: 'h2-1m-8x4',
    title: 'h2 1 MB 8x4',
    kind: 'requests',
    protocol: 'h2',
    file: '1m.bin',
    connections: 8,
    streams: 4,
    warm_up: 300,
  },
  {
    name: 'h1-1m-8',
    title: 'h1 1 MB 8',
    kind: 'requests',
    protocol: 'http/1.1',
    file: '1m.bin',
    connections: 8,
    streams: 1,
    warm_up: 300,
  },
  {
    name: 'idle',
    title: 'idle h2',
    kind: 'idle',
    protocol: 'h2',
    file: '1k.bin',
    connections: 2_000,
    streams: 1,
  },
  {
    name: 'handshakes',
    title: 'full handshakes',
    kind: 'handshakes',
    protocol: 'h2',
    file: '1k.bin',
    connections: 400,
    streams: 1,
  },
];

// Quick is for a look: one round has no spread, so what it says is never final.
export const plans = {
  full: { rounds: 3, sample_s: 3 },
  quick: { rounds: 1, sample_s: 1 },
};
