// For who wants it all: where the time went, what it cost, every measured load, every request.

import {useSignal} from '@preact/signals';
import * as race from '../race/race';
import {spreadOf} from '../race/statistics';
import type {TimeParts, Trace} from '../trace/trace';
import {spent, phaseKinds, phaseWords, type Side} from '../trace/waterfall';
import {counted, size, time} from '../words';
import {LoadsPicture} from './loads_picture';

const partWords: [keyof TimeParts, string][] = [
  ['waiting_for_connection', 'waiting for a connection'], ['handshakes', 'TCP and TLS'], ['client', 'in the browser'], ['queueing', 'behind other answers'],
  ['request', 'request under way'], ['server', 'server'], ['download', 'receiving'], ['stalled_by_loss', 'stalled by loss'],
];

function TimeBars({all}: {all: Trace[]}) {
  const end = Math.max(1, ...all.map(({run}) => run.load_ms ?? 0));
  return (
    <>
      <h3>Where the time went</h3>
      <p class="note">Along the path of the request that ended last.</p>
      {all.map((trace) => trace.time && (
        <div class={`parts ${race.isHttp2(trace.run.lane) ? 'http2' : 'http1'}`} key={trace.run.lane}>
          <span>{race.nameOf(trace.run.lane)}</span>
          <div>{partWords.map(([part]) => <i key={part} class={part} style={{width: `${(100 * (trace.time?.[part] ?? 0)) / end}%`}} />)}</div>
        </div>
      ))}
      <div class="scroll"><table>
        <thead><tr><th scope="col">Part</th>{all.map(({run}) => <th key={run.lane} scope="col" class="number">{race.nameOf(run.lane)}</th>)}</tr></thead>
        <tbody>
          {partWords.map(([part, words]) => (
            <tr key={part}><th scope="row"><i class={`swatch ${part}`} />{words}</th>{all.map((trace) => <td key={trace.run.lane} class="number">{time(trace.time?.[part] ?? 0)}</td>)}</tr>
          ))}
        </tbody>
      </table></div>
    </>
  );
}

const costs: [string, (trace: Trace) => string][] = [
  ['Load', ({run}) => time(run.load_ms)],
  ['Requests', ({exchanges}) => String(exchanges.length)],
  ['Connections', ({cost}) => String(cost.connections)],
  ['Full TLS handshakes', ({cost}) => String(cost.handshakes)],
  ['Key exchange', ({connections}) => [...new Set(connections.map(({tls}) => tls?.group ?? 'none'))].join(', ')],
  ['Bytes of handshakes', ({connections}) => size(connections.reduce((sum, {tls}) => sum + (tls ? tls.handshake_bytes.down + tls.handshake_bytes.up : 0), 0))],
  ['Bytes of TLS', ({cost}) => size(cost.tls_bytes)],
  ['Bytes of headers', ({cost}) => size(cost.header_bytes)],
  ['Bytes of content', ({cost}) => size(cost.body_bytes)],
  ['Bytes sent again', ({cost}) => size(cost.retransmitted_bytes)],
  ['Line late, 99th percentile', ({run}) => (run.lateness_ms.p99 === null ? 'no line' : time(run.lateness_ms.p99))],
];

function CostTable({all}: {all: Trace[]}) {
  return (
    <>
      <h3>What it cost</h3>
      <div class="scroll"><table>
        <thead><tr><th scope="col">Of the load shown</th>{all.map(({run}) => <th key={run.lane} scope="col" class="number">{race.nameOf(run.lane)}</th>)}</tr></thead>
        <tbody>{costs.map(([name, of]) => <tr key={name}><th scope="row">{name}</th>{all.map((trace) => <td key={trace.run.lane} class="number">{of(trace)}</td>)}</tr>)}</tbody>
      </table></div>
      <p class="exports">Take along: {all.map(({run}) => (
        <span key={run.lane}>{race.nameOf(run.lane)} as <a href={`api/runs/${run.id}.har`} download>HAR</a>, <a href={`api/runs/${run.id}.pcapng`} download>pcapng</a>, <a href={`api/runs/${run.id}.json`} download>JSON</a> </span>
      ))}</p>
    </>
  );
}

function Measured() {
  if (race.shown.value !== 'measure') return null;
  const all = race.loads.value.filter(({loads}) => loads.length > 0);
  if (all.length === 0) return null;
  return (
    <>
      <h3>All loads measured</h3>
      <LoadsPicture all={all} />
      <div class="scroll"><table>
        <thead><tr><th scope="col">Lane</th><th scope="col" class="number">Loads</th><th scope="col" class="number">Median</th><th scope="col" class="number">Middle half</th><th scope="col">Each, in its order</th></tr></thead>
        <tbody>{all.map(({name, loads}) => {
          const spread = spreadOf(loads);
          return <tr key={name}><th scope="row">{name}</th><td class="number">{loads.length}</td><td class="number">{time(spread?.median)}</td><td class="number">{time(spread?.lower)} to {time(spread?.upper)}</td><td class="wrap">{loads.map(time).join(', ')}</td></tr>;
        })}</tbody>
      </table></div>
      <p class="note">One load after the other in the order ABBA; where segments are lost, each pair loses others. The interval is the sign test’s for the median of the ratios of pairs: it assumes nothing of how they are spread.</p>
    </>
  );
}

function RequestsTable({side}: {side: Side}) {
  return (
    <div class="scroll" role="region" tabIndex={0} aria-label={`Requests of ${race.nameOf(side.lane)}`}>
      <table>
        <caption>{race.nameOf(side.lane)}: {counted(side.rows.length, 'request')}</caption>
        <thead><tr><th scope="col">Request</th><th scope="col">Connection</th>{phaseKinds.map((kind) => <th key={kind} scope="col" class="number">{phaseWords[kind]}</th>)}<th scope="col" class="number">complete</th><th scope="col" class="number">browser</th></tr></thead>
        <tbody>{side.rows.map((row) => (
          <tr key={row.exchange.id}>
            <th scope="row"><code>{row.name}</code></th><td>{row.exchange.connection}</td>
            {phaseKinds.map((kind) => <td key={kind} class="number">{spent(row, kind) > 0 ? time(spent(row, kind)) : ''}</td>)}
            <td class="number">{time(row.end)}</td><td class="number">{row.browser ? time(row.browser.response_end) : ''}</td>
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}

export function Details() {
  const open = useSignal(false);
  const all = race.traces.value;
  if (all.length === 0) return null;
  return (
    <section class="details" aria-labelledby="details-title">
      <h2 id="details-title">Details</h2>
      <div class="columns">
        <div><TimeBars all={all} /></div>
        <div><CostTable all={all} /></div>
      </div>
      <Measured />
      <details onToggle={(event) => { open.value = event.currentTarget.open; }}>
        <summary>The waterfalls as tables</summary>
        {open.value && race.waterfalls.value.map(({side}) => side && <RequestsTable key={side.lane} side={side} />)}
      </details>
    </section>
  );
}
