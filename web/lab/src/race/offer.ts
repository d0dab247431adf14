// Asks the console what can be raced, and goes on asking while it does not answer.

import {batch} from '@preact/signals';
import * as api from '../console/api';
import * as race from './race';

const againAfterMs = 2000;

async function ask(): Promise<void> {
  const [lanes, pages, presets, visitor] = await Promise.all([api.lanes(), api.pages(), api.presets(), api.visitor()]);
  batch(() => {
    race.lanes.value = lanes.filter(({name, tap}) => name !== 'site' && name !== 'plain' && tap !== false);
    race.pages.value = pages;
    race.linePresets.value = presets;
    race.visitor.value = visitor;
    race.consoleAnswers.value = true;
  });
  race.choose({}); // the address says what is chosen, to be copied
}

// A file that may be kept is asked for twice: the second time it must come from the cache. It does not where a
// certificate warning was clicked away, and there the figures of a page load mean little.
async function checkCache(): Promise<void> {
  const script = document.querySelector<HTMLScriptElement>('script[src]');
  if (!script) return;
  const first = await fetch(script.src, {cache: 'default'});
  if (!/immutable|max-age=[1-9]/.test(first.headers.get('cache-control') ?? '')) return;
  await first.arrayBuffer();
  performance.clearResourceTimings();
  await (await fetch(script.src, {cache: 'default'})).arrayBuffer();
  const entry = performance.getEntriesByName(script.src, 'resource').pop();
  if (entry instanceof PerformanceResourceTiming) race.cacheWorks.value = entry.transferSize === 0;
}

export async function learnWhatIsOffered(): Promise<void> {
  try {
    await ask();
  } catch (mistake) {
    if (mistake instanceof api.Unreachable) race.consoleAnswers.value = false;
    else race.problem.value = mistake instanceof Error ? mistake.message : 'The console’s answer cannot be read.';
    window.setTimeout(() => void learnWhatIsOffered(), againAfterMs);
    return;
  }
  void checkCache().catch(() => undefined);
}

// While the console does not answer, whoever noticed: asks until it does.
export function keepLearning(): void {
  race.consoleAnswers.subscribe((answers) => {
    if (!answers) window.setTimeout(() => void learnWhatIsOffered(), againAfterMs);
  });
}
