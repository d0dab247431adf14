// The request that is picked in a waterfall, in words.

import * as race from '../race/race';
import {phaseKinds, phaseWords, spent, type Row, type Side} from '../trace/waterfall';
import {size, time} from '../words';

function wordsOf(row: Row, side: Side): string {
  const {exchange} = row;
  const phases = phaseKinds.map((kind) => [kind, spent(row, kind)] as const).filter(([, ms]) => ms >= 0.05)
    .map(([kind, ms]) => `${phaseWords[kind]} ${time(ms)}`);
  const nth = side.protocol === 'h2' ? `stream ${exchange.stream}` : `request ${exchange.nth}`;
  return `connection ${row.connection + 1} (${exchange.connection}), ${nth}: ${phases.join(', ')}. Complete after ${time(row.end)}, ${size(exchange.bytes.body)}.`;
}

export function RowDetail() {
  const picked = race.pickedRow.value;
  const side = race.waterfalls.value.find(({lane}) => lane === picked?.lane)?.side;
  const row = picked ? side?.rows[picked.index] : undefined;
  if (!side || !row) return <p class="detail" aria-live="polite">Point at a bar, or go through them with the arrow keys.</p>;
  return (
    <p class="detail" aria-live="polite">
      <code>{row.name}</code> on {race.nameOf(side.lane)}, {wordsOf(row, side)}
      {row.browser && ` The browser says: asked for at ${time(row.browser.start)}, complete at ${time(row.browser.response_end)}.`}
    </p>
  );
}
