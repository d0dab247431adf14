// What samples say, and whether they may be believed. Pure: no clock, no file, no process.

// Limits of a valid sample, shares of the time a sample took.
export const limits = {
  // More work by others than this, on both CPUs, and caches and turns are no longer the server's own.
  other_share: 0.05,
  // A hypervisor that takes this much away makes CPU time itself longer.
  steal_share: 0.02,
  // One worker on one CPU cannot use more than the time there was: if it did, something was counted wrong.
  server_share: 1.03,
  // One of the two is always busy under steady requests. If neither is, something else held them up.
  busy_share: 0.85,
  // The rounds of one cell may lie so far apart, from the least to the most, as a share of their median.
  spread: 0.15,
};

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// From the least to the most, as a share of the median.
export const spread_of = (values) => (Math.max(...values) - Math.min(...values)) / median(values);

// The figure a sample gives: CPU microseconds a unit, or KB a connection. None where requests failed: refusing is
// cheap.
export function figure_of(load, sample) {
  if (sample.client_failed || !sample.units || sample.succeeded < sample.units) return undefined;
  if (load.kind === 'idle') return (sample.after_kb - sample.before_kb) / sample.units;
  return (sample.server_cpu_s * 1e6) / sample.units;
}

const percent = (share) => `${Math.round(share * 100)} %`;

function wrong_answers(load, sample) {
  const faults = [];
  if (sample.succeeded < sample.units)
    faults.push(`${sample.units - sample.succeeded} of ${sample.units} requests failed`);
  else if (sample.data_bytes !== sample.expected_bytes)
    faults.push(`${sample.data_bytes} bytes came, not ${sample.expected_bytes}`);
  return faults;
}

function wrong_terms(load, sample) {
  const faults = [];
  if (sample.protocol !== load.protocol) faults.push(`spoke ${sample.protocol}, not ${load.protocol}`);
  if (!/^TLSv1\.3 TLS_AES_128_GCM_SHA256$/.test(sample.tls)) faults.push(`spoke ${sample.tls}`);
  return faults;
}

function disturbances(load, sample) {
  const share = (seconds) => seconds / sample.wall_s;
  const faults = [];
  if (share(sample.other_cpu_s) > limits.other_share)
    faults.push(`other work took ${percent(share(sample.other_cpu_s))} of a CPU`);
  if (share(sample.steal_s) > limits.steal_share)
    faults.push(`the hypervisor took ${percent(share(sample.steal_s))} of a CPU`);
  if (share(sample.server_cpu_s) > limits.server_share)
    faults.push(`used ${percent(share(sample.server_cpu_s))} of one CPU`);
  const busiest = Math.max(share(sample.server_cpu_s), share(sample.client_cpu_s));
  if (load.kind === 'requests' && busiest < limits.busy_share)
    faults.push(`neither CPU was busy (at most ${percent(busiest)})`);
  return faults;
}

// Why a sample may not be believed: sentences; none means valid.
export function faults_of(load, sample) {
  if (sample.error) return [sample.error];
  if (sample.client_failed) return [`h2load: ${sample.client_failed}`];
  if (load.kind === 'idle') {
    const faults = wrong_terms(load, sample);
    if (sample.connections !== sample.units)
      faults.push(`${sample.connections} of ${sample.units} connections stood`);
    return faults;
  }
  return [...wrong_answers(load, sample), ...wrong_terms(load, sample), ...disturbances(load, sample)];
}

// The client was the bottleneck: CPU a request still counts, requests a second are the client's.
function client_bound(load, sample) {
  const busy = (seconds) => seconds / sample.wall_s >= limits.busy_share;
  return load.kind === 'requests' && busy(sample.client_cpu_s) && !busy(sample.server_cpu_s);
}

// A load on a server over all rounds. Without a figure there is neither spread nor pace.
export function judge_cell(load, server, samples) {
  const counted = samples.filter((sample) => figure_of(load, sample) !== undefined);
  const figures = counted.map((sample) => figure_of(load, sample));
  const faults = samples.flatMap((sample) => faults_of(load, sample));
  const cell = { load: load.name, server, rounds: samples.length, faults: [...new Set(faults)] };
  if (counted.length === 0) return { ...cell, valid: false };
  const spread = spread_of(figures);
  if (spread > limits.spread) cell.faults.push(`rounds lie ${percent(spread)} apart`);
  return {
    ...cell,
    figure: median(figures),
    spread,
    per_second:
      load.kind === 'idle'
        ? undefined
        : median(counted.map((sample) => sample.units / sample.client_seconds)),
    client_bound: counted.some((sample) => client_bound(load, sample)),
    valid: cell.faults.length === 0,
  };
}

// muxlab's figure by the least of its peers': below 1 is better. Valid if both figures are.
export function ratio_of(cells, ours = 'muxlab') {
  const own = cells.find((cell) => cell.server === ours && cell.figure !== undefined);
  const peers = cells.filter((cell) => cell.server !== ours && cell.figure > 0);
  if (!own || peers.length === 0) return undefined;
  const best = peers.reduce((least, cell) => (cell.figure < least.figure ? cell : least));
  return { value: own.figure / best.figure, best: best.server, valid: own.valid && best.valid };
}

// Everything: one row a load, its cells in the servers' order; a load that no sample touched has no row.
export function judge(loads, servers, samples) {
  return loads
    .map((load) => {
      const cells = servers
        .map((server) => [
          server,
          samples.filter((sample) => sample.load === load.name && sample.server === server),
        ])
        .filter(([, taken]) => taken.length > 0)
        .map(([server, taken]) => judge_cell(load, server, taken));
      return { load, cells, ratio: ratio_of(cells) };
    })
    .filter((row) => row.cells.length > 0);
}
