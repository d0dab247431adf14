// What might make the figures say something else than they seem to.

import * as race from '../race/race';

export function Findings() {
  const found = race.findings.value;
  if (found.length === 0) return null;
  return (
    <ul class="findings" aria-label="Worth knowing before you believe the figures">
      {found.map(({key, grave, words, cure}) => (
        <li key={key} class={grave ? 'grave' : ''}><strong>{words}</strong> {cure}</li>
      ))}
    </ul>
  );
}
