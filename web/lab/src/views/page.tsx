// The whole page, in the order of reading: choose, the sentence, watch and understand, inside, for who wants it all.

import * as race from '../race/race';
import {protocolName} from '../words';
import {Choose} from './choose';
import {Details} from './details';
import {Findings} from './findings';
import {Inside} from './inside';
import {LanesTable} from './lanes_table';
import {Said} from './said';
import {Sides} from './sides';

function Visitor() {
  const {visitor} = race;
  if (!visitor.value) return <p class="visitor">&nbsp;</p>;
  const {protocol, tls} = visitor.value;
  return (
    <p class="visitor">
      Your browser reached this console over <strong id="figure" class={protocol === 'h2' ? 'http2' : 'http1'}>{protocolName(protocol)}</strong>
      {tls ? `, ${[tls.version, tls.group].filter(Boolean).join(', ')}` : ', in cleartext'}
    </p>
  );
}

export function Page() {
  return (
    <>
      <header>
        <p class="where">muxlab / race</p>
        <Visitor />
      </header>
      <main>
        <h1 class="unseen">The same page over HTTP/1.1 and HTTP/2</h1>
        <Choose />
        <Said />
        <Sides />
        <Findings />
        <Inside />
        <Details />
        <LanesTable />
      </main>
    </>
  );
}
