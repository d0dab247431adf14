// The demo pages: which parameters they take, how many requests a load of them makes.

import type {Page} from '../console/api';

// Parameters that count requests; all others change what a request does.
const counting = ['tiles', 'count'];

export function parametersOf(page: Page | undefined, given: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(page?.parameters ?? {}).map(([name, {default: usual, min, max}]) =>
    [name, Math.min(max, Math.max(min, Math.round(given[name] ?? usual)))]));
}

// The page itself and all that page.json lists; null: not known.
export function requestsOf(page: Page | undefined, parameters: Record<string, number>): number | null {
  if (!page?.resources) return null;
  const more = counting.reduce((sum, name) => {
    const range = page.parameters[name];
    return range ? sum + (parameters[name] ?? range.default) - range.default : sum;
  }, 0);
  return page.resources.length + 1 + more;
}
