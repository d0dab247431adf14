// One line of controls: page, line, lanes, and what to do with them.

import {useSignal} from '@preact/signals';
import {dropNextSegment, measure, show, stop} from '../race/director';
import {lineText, type LineFields} from '../race/line_text';
import * as race from '../race/race';
import {fewestLanes, mostLanes, passChoices} from '../race/setup';
import {percent, rate, time} from '../words';
import {LineSliders} from './line_sliders';

const parameterNames: Record<string, string> = {delay_ms: 'delay, ms', bytes: 'bytes each'};

function PageChoice() {
  const {page, parameters} = race.setup.value;
  const choosePage = (name: string): void => race.choose({page: name, parameters: {}});
  return (
    <>
      <label>Page
        <select value={page} onChange={(event) => choosePage(event.currentTarget.value)}>
          {race.pages.value.map((each) => <option key={each.page} value={each.page}>{each.title}</option>)}
        </select>
      </label>
      {Object.entries(race.page.value?.parameters ?? {}).map(([name, {min, max}]) => (
        <label key={name}>{parameterNames[name] ?? name}
          <input
            type="number" min={min} max={max} value={race.parameters.value[name]}
            onChange={(event) => race.choose({parameters: {...parameters, [name]: Number(event.currentTarget.value)}})}
          />
        </label>
      ))}
    </>
  );
}

// "30 ms, 50 Mbit/s, 1 % lost"
function lineWords({rtt_ms, down_bps, loss}: LineFields): string {
  if (rtt_ms === 0 && down_bps === null && loss === 0) return 'nothing simulated';
  return [time(rtt_ms), rate(down_bps), loss > 0 ? `${percent(loss)} lost` : ''].filter(Boolean).join(', ');
}

function LineChoice({adjusting, toggle}: {adjusting: boolean; toggle: () => void}) {
  const text = race.setup.value.line;
  const isPreset = race.presets.value.has(text);
  return (
    <>
      <label>Line
        <select class="line" value={isPreset ? text : ''} onChange={(event) => race.choose({line: event.currentTarget.value || text})}>
          {!isPreset && <option value="">own: {lineWords(race.line.value)}</option>}
          {[...race.presets.value].map(([name, fields]) => <option key={name} value={name}>{name}: {lineWords(fields)}</option>)}
        </select>
      </label>
      <button type="button" aria-expanded={adjusting} aria-controls="line-sliders" onClick={toggle}>Adjust</button>
    </>
  );
}

function LaneChoice() {
  const chosen = race.setup.value.lanes;
  const free = race.lanes.value.find(({name}) => !chosen.includes(name));
  const replace = (index: number, name: string): void => {
    const at = chosen.indexOf(name);
    // Chosen twice: the two change places.
    race.choose({lanes: chosen.map((lane, place) => (place === index ? name : place === at ? (chosen[index] ?? lane) : lane))});
  };
  return (
    <fieldset>
      <legend>Lanes</legend>
      {chosen.map((lane, index) => (
        <select key={index} aria-label={`Lane ${index + 1}`} class={race.isHttp2(lane) ? 'http2' : 'http1'} value={lane} onChange={(event) => replace(index, event.currentTarget.value)}>
          {race.lanes.value.map(({name}) => <option key={name} value={name}>{name}</option>)}
        </select>
      ))}
      {free && chosen.length < mostLanes && (
        <button type="button" class="small" aria-label="One lane more" onClick={() => race.choose({lanes: [...chosen, free.name]})}>+</button>
      )}
      {chosen.length > fewestLanes && (
        <button type="button" class="small" aria-label="One lane less" onClick={() => race.choose({lanes: chosen.slice(0, -1)})}>−</button>
      )}
    </fieldset>
  );
}

function Actions() {
  const running = race.running.value;
  const {passes} = race.setup.value;
  if (running !== 'idle') {
    return (
      <div class="actions">
        <button type="button" class="main" onClick={stop}>Stop</button>
        {running === 'show' && <button type="button" onClick={dropNextSegment}>Drop the next segment</button>}
      </div>
    );
  }
  return (
    <div class="actions">
      <button type="button" class="main" onClick={() => void show()}>Show</button>
      <button type="button" class="main" onClick={() => void measure()}>Measure</button>
      <label class="inline">
        <select aria-label="How often each lane is measured" value={passes} onChange={(event) => race.choose({passes: Number(event.currentTarget.value)})}>
          {[...new Set([...passChoices, passes])].sort((a, b) => a - b).map((count) => <option key={count} value={count}>{count} ×</option>)}
        </select>
      </label>
    </div>
  );
}

export function Choose() {
  const adjusting = useSignal(false);
  if (!race.offered.value) {
    return <p class="choose waiting" role="status">{race.consoleAnswers.value ? 'Asking the console what there is to race.' : ''}</p>;
  }
  const locked = race.running.value !== 'idle';
  return (
    <form class="choose" aria-label="What to race" onSubmit={(event) => event.preventDefault()}>
      <fieldset class="what" disabled={locked}>
        <legend class="unseen">Page, line and lanes</legend>
        <PageChoice />
        <LineChoice adjusting={adjusting.value} toggle={() => { adjusting.value = !adjusting.value; }} />
        <LaneChoice />
      </fieldset>
      <Actions />
      {adjusting.value && (
        <LineSliders
          line={race.line.value} change={(fields) => race.choose({line: lineText(fields, race.presets.peek())})}
          warm={race.setup.value.warm} changeWarm={(warm) => race.choose({warm})}
        />
      )}
    </form>
  );
}
