// Medians, quartiles, and an interval that assumes nothing of how the figures are spread.

import {quantileSorted} from 'd3-array';

export interface Spread {
  count: number;
  median: number;
  lower: number; // quartile
  upper: number; // quartile
}

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = ascending(values);
  const at = (share: number): number => quantileSorted(sorted, share) ?? NaN;
  return {count: values.length, median: at(0.5), lower: at(0.25), upper: at(0.75)};
}

export interface Interval {
  from: number;
  to: number;
  confidence: number; // 0 to 1: how often an interval made so holds the true median
}

// The chance that at most k of n tosses show heads.
function tossesUpTo(k: number, n: number): number {
  let term = 0.5 ** n;
  let sum = 0;
  for (let i = 0; i <= k; ++i) {
    sum += term;
    term *= (n - i) / (i + 1);
  }
  return sum;
}

// The median's interval by the sign test: from the (k+1)th smallest to the (k+1)th largest value, with the largest k
// that keeps the confidence asked for. Too few values for that (fewer than six for 95 %): all of their range, and its own
// confidence is said.
export function medianInterval(values: readonly number[], confidence = 0.95): Interval | null {
  const n = values.length;
  if (n < 2) return null;
  const sorted = ascending(values);
  let k = 0;
  while (k + 1 < n / 2 && 1 - 2 * tossesUpTo(k + 1, n) >= confidence) ++k;
  return {from: sorted[k] ?? NaN, to: sorted[n - 1 - k] ?? NaN, confidence: 1 - 2 * tossesUpTo(k, n)};
}

// Ratios pair by pair: what slowly changes meets both of a pair.
export function ratios(slower: readonly number[], sooner: readonly number[]): number[] {
  const pairs = Math.min(slower.length, sooner.length);
  return Array.from({length: pairs}, (_, index) => (slower[index] ?? NaN) / (sooner[index] ?? NaN));
}
