// h2load's words, as numbers. Pure: text in, facts out.

const seconds_in = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

// "2.34s", "812.40ms" and "4m12s" in seconds.
export function seconds_of(text) {
  const parts = [...text.matchAll(/([\d.]+)(us|ms|s|m|h)/g)];
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * seconds_in[unit], 0);
}

// The facts of one run of h2load, or undefined where its output lacks the summary: it did not finish.
export function parse_h2load(output) {
  const finished = /^finished in (\S+), ([\d.]+) req\/s/m.exec(output);
  const requests =
    /^requests: (\d+) total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/m.exec(
      output,
    );
  const traffic = /^traffic: \S+ \((\d+)\) total, .*\((\d+)\) headers .*\((\d+)\) data/m.exec(output);
  if (!finished || !requests || !traffic) return undefined;
  const [total, , succeeded] = requests.slice(1).map(Number);
  const cipher = /^Cipher: (\S+)/m.exec(output)?.[1];
  return {
    seconds: seconds_of(finished[1]),
    requests: total,
    succeeded,
    data_bytes: Number(traffic[3]),
    header_bytes: Number(traffic[2]),
    protocol: /^Application protocol: (\S+)/m.exec(output)?.[1],
    tls: [/^TLS Protocol: (\S+)/m.exec(output)?.[1], cipher].join(' '),
  };
}

// What bash's `time` with TIMEFORMAT="bench %R %U %S" says behind it: wall and CPU seconds of the client.
export function parse_time(text) {
  const found = /^bench ([\d.]+) ([\d.]+) ([\d.]+)$/m.exec(text);
  return found ? { wall_s: Number(found[1]), cpu_s: Number(found[2]) + Number(found[3]) } : undefined;
}
