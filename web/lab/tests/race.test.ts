import {describe, expect, test} from 'vitest';
import {findingsAfter, findingsBefore} from '../src/race/confounds';
import {lineFrom, lineOfPass, lineText, noLine, type Presets} from '../src/race/line_text';
import {idlePlan, loadsByLane, mostRetries, nextLoad, orderOf, step, typicalRun, type Plan} from '../src/race/plan';
import {addressOf, defaultSetup, setupFrom} from '../src/race/setup';
import {medianInterval, spreadOf} from '../src/race/statistics';
import {amount, measuredVerdict, shownVerdict, whySentence} from '../src/race/verdict';
import {listed, rate, size, time} from '../src/words';
import {makeTrace} from './support/traces';

describe('a measurement', () => {
  const started = step(idlePlan, {type: 'start', lanes: 2, passes: 4});
  const ended = (plan: Plan, load: number): Plan => step(plan, {type: 'ended', run: `k${plan.done.length}`, load, invalid: null});
  const all = (loads: number[]): Plan => loads.reduce(ended, started);

  test('visits two lanes in the order ABBA', () => {
    expect(orderOf(2, 4).map(({lane}) => 'AB'[lane]).join('')).toBe('ABBAABBA');
    expect(orderOf(3, 2).map(({lane}) => 'ABC'[lane]).join('')).toBe('ABCCBA');
  });

  test('is finished after the last load, and gives each lane its loads', () => {
    const plan = all([10, 20, 21, 11, 12, 22, 23, 13]);
    expect(plan.state).toBe('finished');
    expect(nextLoad(plan)).toBeNull();
    expect(loadsByLane(plan)).toEqual([[10, 11, 12, 13], [20, 21, 22, 23]]);
    expect(typicalRun(plan, 0)).toBe('k3');
  });

  test('counts only passes that every lane has completed', () => {
    expect(loadsByLane(all([10, 20, 21]))).toEqual([[10], [20]]);
  });

  test('makes a load again that does not count, and gives up when that does not help', () => {
    const invalid = {type: 'ended', run: 'k0', load: 10, invalid: 'The tab was hidden.'} as const;
    let plan = step(started, invalid);
    expect(nextLoad(plan)).toEqual({lane: 0, pass: 0});
    for (let again = 0; again < mostRetries; ++again) plan = step(plan, invalid);
    expect(plan.state).toBe('failed');
    expect(plan.problem).toContain('The tab was hidden.');
    expect(plan.discarded).toHaveLength(mostRetries + 1);
  });

  test('can be stopped, and takes nothing that comes later', () => {
    const stopped = step(ended(started, 10), {type: 'stop'});
    expect(stopped.state).toBe('idle');
    expect(ended(stopped, 20)).toBe(stopped);
    expect(step(stopped, {type: 'failed', problem: 'late'})).toBe(stopped);
  });
});

describe('statistics', () => {
  test('median and quartiles', () => {
    expect(spreadOf([4, 1, 3, 2, 5])).toEqual({count: 5, median: 3, lower: 2, upper: 4});
    expect(spreadOf([])).toBeNull();
  });

  test('the interval of six values is their range, at 97 %; of ten it leaves out the extremes', () => {
    expect(medianInterval([1, 2, 3, 4, 5, 6])).toEqual({from: 1, to: 6, confidence: 1 - 2 / 64});
    expect(medianInterval([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toMatchObject({from: 2, to: 9});
  });

  test('fewer values give less confidence, and say so', () => {
    expect(medianInterval([1, 2])?.confidence).toBe(0.5);
    expect(medianInterval([1])).toBeNull();
  });
});

describe('the verdict', () => {
  const h1 = (loads: number[]): {name: string; loads: number[]} => ({name: 'HTTP/1.1', loads});
  const h2 = (loads: number[]): {name: string; loads: number[]} => ({name: 'HTTP/2', loads});

  test('says how many times sooner, with the interval', () => {
    const verdict = measuredVerdict([h1([240, 244, 236, 240, 241, 239]), h2([100, 100, 100, 100, 100, 100])]);
    expect(verdict.sentence).toBe('HTTP/2 was 2.4 times sooner');
    expect(verdict.beside).toBe('2.36 to 2.44 times with 95 % confidence, from 6 pairs of loads');
  });

  test('says no difference when the interval holds one, however the medians lie', () => {
    const verdict = measuredVerdict([h1([100, 120, 90, 110, 130, 95]), h2([101, 100, 99, 100, 100, 101])]);
    expect(verdict.winner).toBeNull();
    expect(verdict.sentence).toBe('There was no difference');
  });

  test('says no difference when it is too small for anyone to notice', () => {
    expect(measuredVerdict([h1([101, 101, 101, 101, 101, 101]), h2([100, 100, 100, 100, 100, 100])]).winner).toBeNull();
  });

  test('lets HTTP/1.1 win', () => {
    expect(measuredVerdict([h1([100, 100]), h2([340, 340])]).sentence).toBe('HTTP/1.1 was 3.4 times sooner');
  });

  test('says of a show that it is one', () => {
    const verdict = shownVerdict([h1([900]), h2([300])]);
    expect(verdict.sentence).toBe('HTTP/2 was 3.0 times sooner');
    expect(verdict.beside).toContain('A show');
  });

  test('says small ratios in percent', () => {
    expect(amount(1.05)).toBe('5 %');
    expect(amount(1.3)).toBe('1.3 times');
    expect(amount(12.4)).toBe('12 times');
  });

  test('says why in one plain sentence', () => {
    const why = whySentence([makeTrace({way: 'h1'}), makeTrace({way: 'h2'})]);
    expect(why).toMatch(/^HTTP\/1\.1 spent \d+ % of \d+ ms waiting for one of its 6 connections\.$/);
    expect(whySentence([])).toBe('');
  });
});

describe('confounds', () => {
  const before = {line: {...noLine, rtt_ms: 30}, visitorProtocol: 'h2', cacheWorks: true, hidden: false};
  const keys = (changes: Partial<typeof before>): string[] => findingsBefore({...before, ...changes}).map(({key}) => key);

  test('nothing is said when nothing is wrong', () => {
    expect(keys({})).toEqual([]);
    expect(findingsAfter([makeTrace({way: 'h1'}), makeTrace({way: 'h2'})], false, false)).toEqual([]);
  });

  test('each is named', () => {
    expect(keys({line: noLine})).toEqual(['rtt']);
    expect(keys({visitorProtocol: 'http/1.1'})).toEqual(['alpn']);
    expect(keys({cacheWorks: false})).toEqual(['certificate']);
    expect(keys({hidden: true})).toEqual(['hidden']);
  });

  test('a run that was warm, late or over another protocol is', () => {
    const trace = makeTrace({way: 'h2'});
    const spoiled = {
      ...trace,
      run: {...trace.run, valid: false, invalid_because: ['The line ran 9 ms late.', 'The line was changed.']},
      connections: trace.connections.map((each) => ({...each, protocol: 'http/1.1', tls: each.tls && {...each.tls, resumed: true}})),
    };
    expect(findingsAfter([spoiled], false, true).map(({key}) => key)).toEqual(['alpn-h2', 'warm-h2', 'invalid-h2', 'was-hidden']);
    const words = findingsAfter([spoiled], true, false).find(({key}) => key === 'invalid-h2')?.words;
    expect(words).toContain('The line ran 9 ms late. The line was changed.');
    expect(findingsAfter([spoiled], true, false).map(({key}) => key)).not.toContain('warm-h2');
  });
});

describe('the set-up in the address', () => {
  test('comes back as it went', () => {
    const setup = {page: 'objects', parameters: {count: 64, bytes: 20000}, line: 'cable,rtt=200ms', lanes: ['h1', 'h2', 'h2-fifo'], passes: 10, warm: true};
    expect(setupFrom(addressOf(setup))).toEqual(setup);
    expect(setupFrom(`#${addressOf(defaultSetup)}`)).toEqual(defaultSetup);
  });

  test('can be read by people', () => {
    expect(addressOf({...defaultSetup, line: 'cable,rtt=200ms,lose=c1:7'})).toBe('page=mosaic&line=cable,rtt=200ms,lose=c1:7&lanes=h1,h2');
  });

  test('is as usual where it does not fit', () => {
    expect(setupFrom('lanes=h1&loads=-3&tiles=many&warm=yes')).toEqual(defaultSetup);
  });
});

describe('a line as text', () => {
  const presets: Presets = new Map([['cable', {...noLine, preset: 'cable', rtt_ms: 30, down_bps: 50e6, up_bps: 10e6}]]);

  test('says what differs from its preset', () => {
    expect(lineText(lineFrom('cable', presets), presets)).toBe('cable');
    expect(lineText({...lineFrom('cable', presets), rtt_ms: 200, loss: 0.01}, presets)).toBe('cable,rtt=200ms,loss=1%');
    expect(lineText(noLine, presets)).toBe('perfect');
  });

  test('keeps what has no slider', () => {
    const text = 'rtt=80ms,down=10mbit,up=384kbit,loss=0.5%,queue=25,seed=7,cc=cubic,lose=c1:7';
    expect(lineText(lineFrom(text, presets), presets)).toBe(text);
  });

  test('loses other segments in each pass, the same on every lane', () => {
    const lossy = {...noLine, loss: 0.01, seed: 5};
    expect(lineOfPass(lossy, 3).seed).toBe(8);
    expect(lineOfPass(noLine, 3)).toBe(noLine);
  });
});

describe('figures', () => {
  test('have units, and one sensible precision', () => {
    expect([time(0), time(3.14159), time(812.4), time(9999), time(12345), time(null)]).toEqual(['0 ms', '3.1 ms', '812 ms', '9999 ms', '12.3 s', 'unknown']);
    expect([size(1), size(812), size(4096), size(41234), size(2.5e6)]).toEqual(['1 byte', '812 bytes', '4.1 kB', '41 kB', '2.50 MB']);
    expect([rate(null), rate(384e3), rate(50e6), rate(1e9)]).toEqual(['unlimited', '384 kbit/s', '50 Mbit/s', '1 Gbit/s']);
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
  });
});
