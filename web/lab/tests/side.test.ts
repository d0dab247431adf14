import {describe, expect, test} from 'vitest';
import {ticksOf} from '../src/draw/ticks';
import {parametersOf, requestsOf} from '../src/race/pages';
import {change, clear, hear, hearExchanges, hearLandings, hearLosses, makeSide, settle} from '../src/race/side';
import type {Frame} from '../src/trace/trace';
import {makeReport, makeTrace} from './support/traces';

const mosaic = {page: 'mosaic', title: 'Mosaic', parameters: {tiles: {default: 100, min: 16, max: 1024}}, resources: Array.from({length: 102}, () => ({}))};

describe('a page', () => {
  test('makes a request for itself and for all that it lists, and one more for each tile more', () => {
    expect(requestsOf(mosaic, {tiles: 100})).toBe(103);
    expect(requestsOf(mosaic, {tiles: 16})).toBe(19);
    expect(requestsOf(undefined, {})).toBeNull();
  });

  test('takes its own parameters, within their range', () => {
    expect(parametersOf(mosaic, {tiles: 9999, count: 3})).toEqual({tiles: 1024});
    expect(parametersOf(mosaic, {})).toEqual({tiles: 100});
  });
});

describe('a side', () => {
  const trace = makeTrace({way: 'h2', count: 20});
  const flying = (frame: Frame, index: number): Frame => ({...frame, index, landed: null});

  test('counts bytes as they land and requests as they end, however the news is cut', () => {
    const side = makeSide('h2');
    hear(side, trace.frames.map(flying));
    expect(side.state.value.bytes).toBe(0);
    hearLandings(side, trace.frames.map(({connection, landed}, index) => ({connection, index, landed: landed ?? 0})));
    hearExchanges(side, trace.exchanges);
    expect(side.state.value.done).toBe(21);
    expect(side.state.value.bytes).toBe(trace.exchanges.reduce((sum, {bytes}) => sum + bytes.body, 0));
  });

  test('marks what was lost before the run is over', () => {
    const side = makeSide('h2');
    const lost = {connection: 'c21', direction: 'down', offset: 0, length: 1448, sent: 5, fate: 'lost', at: 5, retransmission: false} as const;
    hearLosses(side, [lost, {...lost, direction: 'up'}]);
    expect(side.frames.value.segments.get('c21')).toEqual([lost]);
  });

  test('shows the server’s word when the run is over, and nothing after it is cleared', () => {
    const side = makeSide('h2');
    change(side, {phase: 'loading', done: 3});
    settle(side, trace, makeReport(trace));
    expect(side.state.value).toMatchObject({phase: 'complete', load: trace.run.load_ms, done: 21, expected: 21});
    expect(side.frames.value.count).toBe(trace.frames.length);
    clear(side);
    expect(side.state.value.phase).toBe('idle');
    expect(side.frames.value.count).toBe(0);
  });
});

describe('the marks of an axis', () => {
  test('are round, and as many as there is room for', () => {
    expect(ticksOf(0, 700, 800).map(({ms}) => ms)).toEqual([0, 100, 200, 300, 400, 500, 600, 700]);
    expect(ticksOf(0, 700, 250).length).toBeLessThan(5);
    expect(ticksOf(100, 200, 300).every(({share}) => share >= 0 && share <= 1)).toBe(true);
  });
});
