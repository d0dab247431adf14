// What would make a comparison say something else than it seems to. Checked before a run and after it, said plainly.

import type {Trace} from '../trace/trace';
import {protocolName, time} from '../words';
import type {LineFields} from './line_text';

export interface Finding {
  key: string;
  grave: boolean; // the figures mean something else; otherwise: good to know
  words: string;
  cure: string;
}

// Below this round trip there is hardly a protocol to see: what is left is the machine's own work.
export const leastTellingRtt = 5;

export interface Before {
  line: LineFields;
  visitorProtocol: string | null; // how the browser reached the console; null: unknown
  cacheWorks: boolean | null; // a second fetch of a cacheable file came from the cache; null: unknown
  hidden: boolean;
}

export function findingsBefore({line, visitorProtocol, cacheWorks, hidden}: Before): Finding[] {
  const all: (Finding | false)[] = [
    line.rtt_ms < leastTellingRtt && {
      key: 'rtt', grave: false,
      words: line.rtt_ms === 0 ? 'Without a round trip the protocols hardly differ.' : `A round trip of ${time(line.rtt_ms)} is too short for the protocols to differ much.`,
      cure: 'Choose a line of 20 ms or more, such as cable.',
    },
    visitorProtocol !== null && visitorProtocol !== 'h2' && {
      key: 'alpn', grave: true,
      words: `Your browser reached this console over ${protocolName(visitorProtocol)}, though HTTP/2 was offered.`,
      cure: 'Something between the two, an antivirus or a proxy, takes HTTP/2 away: make an exception for this address.',
    },
    cacheWorks === false && {
      key: 'certificate', grave: true,
      words: 'Your browser keeps nothing in its cache here: a certificate warning was clicked away, or the developer tools switch the cache off.',
      cure: 'Have the browser trust the certificate (muxlab certs says how), then load this page again.',
    },
    hidden && {
      key: 'hidden', grave: true,
      words: 'This tab is hidden: browsers slow what nobody sees.',
      cure: 'Keep the tab in front until the run is over.',
    },
  ];
  return all.filter((finding) => finding !== false);
}

function stillWarm(trace: Trace): boolean {
  const first = trace.connections[0];
  const nth = trace.exchanges[0]?.nth ?? 1;
  return nth > 1 || first?.tls?.resumed === true;
}

function findingsOf(trace: Trace, warm: boolean): Finding[] {
  const {run} = trace;
  const asked = run.way.startsWith('h2') ? 'h2' : 'http/1.1';
  const got = trace.connections.find(({protocol}) => protocol !== asked);
  const all: (Finding | false | undefined)[] = [
    got && {
      key: `alpn-${run.lane}`, grave: true,
      words: `Lane ${run.lane} was reached over ${protocolName(got.protocol)} instead of ${protocolName(asked)}.`,
      cure: 'An antivirus or a proxy may have taken HTTP/2 away: make an exception for this address.',
    },
    !warm && stillWarm(trace) && {
      key: `warm-${run.lane}`, grave: true,
      words: `A connection of lane ${run.lane} was still warm, though the run was to start cold.`,
      cure: 'Close other tabs of this lane, then run again.',
    },
    !run.valid && {
      key: `invalid-${run.lane}`, grave: true,
      words: `The run on ${run.lane} does not count. ${run.invalid_because.join(' ')}`,
      cure: 'Close what keeps the machine busy and other tabs that use this lane, then run again.',
    },
  ];
  return all.filter((finding): finding is Finding => Boolean(finding));
}

export function findingsAfter(traces: readonly Trace[], warm: boolean, wasHidden: boolean): Finding[] {
  const found = traces.flatMap((trace) => findingsOf(trace, warm));
  if (!wasHidden) return found;
  return [...found, {
    key: 'was-hidden', grave: true,
    words: 'This tab was hidden during the run: browsers slow what nobody sees.',
    cure: 'Run again and keep the tab in front.',
  }];
}
