// The lanes with their rules, and the chosen page on each by itself.

import type {Lane} from '../console/api';
import * as race from '../race/race';
import {protocolName} from '../words';

function rulesOf(lane: Lane): string {
  if (lane.protocol === 'h2') {
    const extras = [lane.push && 'pushes', lane.early_hints && 'sends 103 Early Hints', lane.scheduler && lane.scheduler !== 'priority' && `sends in the order “${lane.scheduler}”`].filter(Boolean);
    return `One connection carries up to ${lane.max_streams ?? 'any number of'} requests at once${extras.length ? `; ${extras.join(', ')}` : ''}.`;
  }
  if (!lane.keep_alive) return 'A new connection for every request, closed after its answer.';
  return 'Connections are kept and used again, one request at a time; a browser opens up to 6.';
}

export function LanesTable() {
  if (race.lanes.value.length === 0) return null;
  return (
    <section class="lanes" aria-labelledby="lanes-title">
      <h2 id="lanes-title">The lanes</h2>
      <p class="note">Every lane serves the same bytes over the same line. Open the page by itself to look at it with the browser’s own tools.</p>
      <div class="scroll"><table>
        <thead><tr><th scope="col">Lane</th><th scope="col">Protocol</th><th scope="col">What it does</th><th scope="col">The page by itself</th></tr></thead>
        <tbody>{race.lanes.value.map((lane) => (
          <tr key={lane.name}>
            <th scope="row" class={race.isHttp2(lane.name) ? 'http2' : 'http1'}>{lane.name}</th>
            <td>{protocolName(lane.protocol)}, port {lane.port}</td>
            <td class="wrap">{rulesOf(lane)}</td>
            <td><a href={race.addressOn(lane)} target="_blank" rel="noopener">open on {lane.name}</a></td>
          </tr>
        ))}</tbody>
      </table></div>
    </section>
  );
}
