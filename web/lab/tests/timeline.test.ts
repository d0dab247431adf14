import {describe, expect, test} from 'vitest';
import {FrameStore, mostFrames} from '../src/timeline/frames';
import {frameAt, neighbour, neighbourInRow} from '../src/timeline/pick';
import {countVisible, paintFrames, type Inks} from '../src/timeline/raster';
import {look, shortestSpan, wholeView, type View} from '../src/timeline/view';
import type {Frame} from '../src/trace/trace';
import {cable, makeManyFrames, makeTrace} from './support/traces';

const frame = (changes: Partial<Frame>): Frame => ({
  connection: 'c1', direction: 'down', type: 'DATA', flags: [], stream: 1, length: 1000, written: 10, landed: 20, detail: {}, ...changes,
});

function storeOf(...frames: Partial<Frame>[]): FrameStore {
  const store = new FrameStore();
  store.add(frames.map(frame));
  return store;
}

describe('the frame store', () => {
  test('gives each stream a row below its connection’s own', () => {
    const store = storeOf({stream: 1}, {connection: 'c2', stream: 1}, {stream: 3}, {stream: 0});
    expect(store.rows).toEqual([
      {connection: 0, stream: 0}, {connection: 0, stream: 1}, {connection: 0, stream: 3}, {connection: 1, stream: 0}, {connection: 1, stream: 1},
    ]);
    expect([0, 1, 2, 3].map((index) => store.rowOf(index))).toEqual([1, 4, 2, 0]);
  });

  test('takes the landing of a frame that was under way', () => {
    const store = storeOf({landed: null, index: 4});
    expect(store.landed[0]).toBeNaN();
    expect(store.land([{connection: 'c1', index: 4, landed: 50}, {connection: 'c1', index: 9, landed: 60}])).toHaveLength(1);
    expect(store.count).toBe(1);
    expect(store.landed[0]).toBe(50);
    expect(store.end).toBe(50);
  });

  test('holds all frames of a run', () => {
    const trace = makeTrace({way: 'h2', count: 1000});
    const store = new FrameStore();
    store.add(trace.frames);
    expect(store.count).toBe(trace.frames.length);
    expect(store.end).toBeCloseTo(trace.run.load_ms ?? NaN, 0);
  });

  test('forgets the oldest when it is full, and says how many', () => {
    const store = new FrameStore();
    store.add(makeManyFrames(mostFrames + 10));
    expect(store.count).toBeLessThan(mostFrames);
    expect(store.count + store.forgotten).toBe(mostFrames + 10);
  });

  test('knows what was lost, and the stalls that followed', () => {
    const trace = makeTrace({way: 'h2', line: {...cable, loss_down: 0.02}});
    const store = new FrameStore();
    store.setSegments(trace.segments, trace.run.load_ms ?? 0);
    expect(store.stalls.get('c21')?.length).toBeGreaterThan(0);
    expect(store.segments.get('c21')?.every(({fate, retransmission}) => fate === 'lost' || retransmission)).toBe(true);
  });
});

describe('the view', () => {
  const still: View = {from: 100, to: 200, top: 0, mode: 'still'};

  test('zooms around the point under the pointer', () => {
    const near = look(still, {type: 'zoom', factor: 0.5, at: 150, end: 1000});
    expect([near.from, near.to]).toEqual([125, 175]);
    expect(look(still, {type: 'zoom', factor: 1e-9, at: 150, end: 1000}).to - look(still, {type: 'zoom', factor: 1e-9, at: 150, end: 1000}).from).toBeCloseTo(shortestSpan);
  });

  test('is not panned away from what there is', () => {
    expect(look(still, {type: 'pan', by: 1e6, end: 1000}).from).toBe(980);
    expect(look(still, {type: 'pan', by: -1e6, end: 1000}).from).toBe(-20);
  });

  test('grows with the run, follows its end, or stays where the viewer left it', () => {
    expect(look(wholeView, {type: 'grew', end: 1000})).toMatchObject({from: 0, to: 1020});
    const followed = look(look(still, {type: 'follow', end: 1000}), {type: 'grew', end: 5000});
    expect(followed.to).toBeGreaterThan(5000);
    expect(followed.to - followed.from).toBeCloseTo(100);
    expect(look(look(followed, {type: 'pause'}), {type: 'grew', end: 9000})).toMatchObject({to: followed.to, mode: 'still'});
  });
});

describe('the raster', () => {
  const inks: Inks = {landed: [1], flight: [2], head: 3, control: 4, error: 5};
  const view: View = {from: 0, to: 100, top: 0, mode: 'still'};
  const painted = (store: FrameStore): {at: (x: number, y: number) => number} => {
    const raster = {width: 100, height: 40, pixels: new Uint32Array(100 * 40)};
    paintFrames(store, view, {rowHeight: 4, top: 0}, inks, raster);
    return {at: (x, y) => raster.pixels[y * 100 + x] ?? -1};
  };

  test('draws a frame’s way and its landing', () => {
    const {at} = painted(storeOf({written: 10, landed: 20}));
    expect([at(9, 5), at(12, 5), at(20, 5), at(21, 5)]).toEqual([0, 2, 1, 0]);
  });

  test('draws a frame that has not landed as under way to now', () => {
    const {at} = painted(storeOf({written: 10, landed: null}, {stream: 3, written: 60, landed: 70}));
    expect([at(12, 5), at(69, 5), at(70, 5)]).toEqual([2, 2, 0]);
  });

  test('draws heads and errors in their own ink', () => {
    const {at} = painted(storeOf({type: 'HEADERS', landed: 20}, {type: 'RST_STREAM', landed: 30}));
    expect([at(20, 5), at(30, 5)]).toEqual([3, 5]);
  });

  test('passes over blocks that are not in view', () => {
    const store = new FrameStore();
    store.add(makeManyFrames(50_000));
    expect(countVisible(store, {from: 9000, to: 10_000, top: 0, mode: 'follow'}, Infinity)).toBeLessThan(7000);
  });
});

describe('picking', () => {
  const store = storeOf({stream: 1, written: 10, landed: 20}, {stream: 3, written: 12, landed: 40}, {stream: 1, written: 30, landed: 45});
  const view: View = {from: 0, to: 100, top: 0, mode: 'still'};

  test('finds the frame of the row that is nearest in time', () => {
    expect(frameAt(store, view, 1, 21, 5)).toBe(0);
    expect(frameAt(store, view, 1, 44, 5)).toBe(2);
    expect(frameAt(store, view, 2, 90, 5)).toBeNull();
  });

  test('goes on in the order of writing, or along a stream', () => {
    expect(neighbour(store, null, 1)).toBe(0);
    expect(neighbour(store, 2, 1)).toBe(2);
    expect(neighbourInRow(store, 0, 1)).toBe(2);
    expect(neighbourInRow(store, 1, 1)).toBe(1);
  });
});
