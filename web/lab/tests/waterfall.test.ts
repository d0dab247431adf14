import {describe, expect, test} from 'vitest';
import {stallsOf} from '../src/trace/stalls';
import type {Segment} from '../src/trace/trace';
import {commonEnd, phasesOf, shortName, spent, waterfallOf} from '../src/trace/waterfall';
import {cable, makeReport, makeTrace} from './support/traces';

const segment = (changes: Partial<Segment>): Segment => ({
  connection: 'c1', direction: 'down', offset: 0, length: 1448, sent: 0, fate: 'arrived', at: 40, retransmission: false, ...changes,
});

describe('the waterfall', () => {
  const h1 = makeTrace({way: 'h1'});
  const h2 = makeTrace({way: 'h2'});

  test('puts both sides on one axis that ends with the slower one', () => {
    const sides = [waterfallOf(h1, null), waterfallOf(h2, null)];
    expect(commonEnd(sides)).toBe(h1.run.load_ms);
    expect(sides[0]?.end).toBeGreaterThan(sides[1]?.end ?? Infinity);
  });

  test('gives a row to every exchange, and its phases follow one another', () => {
    for (const trace of [h1, h2]) {
      const {rows} = waterfallOf(trace, null);
      expect(rows).toHaveLength(trace.exchanges.length);
      for (const {phases} of rows) {
        for (let next = 1; next < phases.length; ++next) {
          expect(phases[next]?.from).toBeGreaterThanOrEqual(phases[next - 1]?.from ?? Infinity);
        }
      }
    }
  });

  test('shows waiting for one of six connections on HTTP/1.1, and next to none on HTTP/2', () => {
    const waited = (side: ReturnType<typeof waterfallOf>): number => side.rows.reduce((sum, row) => sum + spent(row, 'waiting'), 0);
    expect(waited(waterfallOf(h1, null))).toBeGreaterThan(10 * waited(waterfallOf(h2, null)));
  });

  test('shows the handshakes of a connection with its first request only', () => {
    const {rows} = waterfallOf(h1, null);
    expect(rows.filter((row) => row.phases.some(({kind}) => kind === 'handshake'))).toHaveLength(6);
  });

  test('moves the browser’s times onto the clock of the run, by its first request', () => {
    const [first, second] = waterfallOf(h2, makeReport(h2)).rows;
    expect(first?.browser?.request).toBeCloseTo(first?.exchange.sent ?? NaN, 6);
    expect(second?.browser?.request).toBeCloseTo(second?.exchange.sent ?? NaN, 6);
  });

  test('draws what is known of an exchange that was cut short', () => {
    const whole = h2.exchanges[3];
    if (!whole) throw new Error('the fixture has too few exchanges');
    const cut = {...whole, first_byte_landed: null, last_byte_landed: null, discovered: null};
    expect(phasesOf(cut, h2.connections[0], []).map(({kind}) => kind)).toEqual(['request', 'server']);
  });

  test('names requests without run and query', () => {
    expect(shortName('/r/k3/mosaic/tile/12.png?tiles=100')).toBe('tile/12.png');
    expect(shortName('/r/k3/mosaic/?tiles=100')).toBe('mosaic/');
    expect(shortName('/r/k3/look.css')).toBe('look.css');
  });
});

describe('stalls', () => {
  test('last from when the lost segment would have landed until it did', () => {
    const stalls = stallsOf([
      segment({}),
      segment({offset: 1448, sent: 1, fate: 'lost', at: 1}),
      segment({offset: 2896, sent: 2, at: 42}),
      segment({offset: 1448, sent: 90, at: 130, retransmission: true}),
    ], 500);
    expect(stalls).toEqual([{from: 41, to: 130}]);
  });

  test('overlap into one, and are open until the end while nothing has come', () => {
    const stalls = stallsOf([
      segment({}),
      segment({offset: 1448, sent: 1, fate: 'lost'}),
      segment({offset: 2896, sent: 5, fate: 'dropped'}),
      segment({offset: 1448, sent: 90, at: 130, retransmission: true}),
    ], 500);
    expect(stalls).toEqual([{from: 41, to: 500}]);
  });

  test('appear in the rows of the connection that lost, within what they interrupt', () => {
    const trace = makeTrace({way: 'h2', line: {...cable, loss_down: 0.02}});
    const stalled = waterfallOf(trace, null).rows.filter((row) => spent(row, 'stalled') > 0);
    expect(stalled.length).toBeGreaterThan(5);
    for (const row of stalled) expect(spent(row, 'stalled')).toBeLessThanOrEqual(row.end - row.start);
  });
});
