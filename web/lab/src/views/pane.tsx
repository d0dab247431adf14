// A lane's page as it loads, with a stopwatch and how far it is.

import {useSignal, useSignalEffect} from '@preact/signals';
import {paneLoaded} from '../race/director';
import * as race from '../race/race';
import type {Side, SideState} from '../race/side';
import {counted, size, time} from '../words';

// Runs while the pane loads; then says what the server measured.
function Stopwatch({side}: {side: Side}) {
  const shown = useSignal(0);
  useSignalEffect(() => {
    const {phase, startedAt} = side.state.value;
    if (phase !== 'loading') return undefined;
    let next = 0;
    const tick = (): void => {
      shown.value = performance.now() - startedAt;
      next = requestAnimationFrame(tick);
    };
    tick();
    return () => cancelAnimationFrame(next);
  });
  const {phase, load} = side.state.value;
  const words = phase === 'loading' ? time(Math.round(shown.value)) : phase === 'complete' ? time(load) : '';
  return <strong class="stopwatch" role="timer" aria-live="off" data-load={phase === 'complete' ? load : undefined}>{words || '\u00a0'}</strong>;
}

const waitingWords: Record<SideState['phase'], string> = {
  idle: 'Not loaded yet.', opening: 'Closing old connections.', loading: '', complete: '', failed: 'The load failed.',
};

function progressWords({phase, done, expected, bytes}: SideState): string {
  if (phase !== 'loading' && phase !== 'complete') return waitingWords[phase];
  const requests = expected === null ? counted(done, 'request') : `${done.toLocaleString('en')} of ${counted(expected, 'request')}`;
  return done > 0 || race.running.value === 'show' ? `${requests}, ${size(bytes)}` : 'Loading.';
}

function Progress({side}: {side: Side}) {
  const state = side.state.value;
  const known = state.phase === 'complete' || race.running.value === 'show';
  return (
    <div class="progress">
      <progress max={state.expected ?? 1} value={known ? Math.min(state.done, state.expected ?? state.done) : 0} aria-label={`Requests complete on ${side.lane}`} />
      <span>{progressWords(state)}</span>
    </div>
  );
}

function FeedTrouble({state}: {state: SideState}) {
  if (state.feedBroken) return <p class="problem small">The live view broke off; it is being taken up again.</p>;
  if (state.eventsLost > 0) return <p class="note">{counted(state.eventsLost, 'event')} came too fast for the live view; the pictures below have them all.</p>;
  return null;
}

export function Pane({side}: {side: Side}) {
  const state = side.state.value;
  const colour = race.isHttp2(side.lane) ? 'http2' : 'http1';
  const {run, url} = state;
  return (
    <article class={`pane ${colour}`} aria-label={`Lane ${side.lane}`}>
      <header>
        <h2><span class={colour}>{race.nameOf(side.lane)}</span> {!race.nameOf(side.lane).includes(side.lane) && <small>lane {side.lane}</small>}</h2>
        <Stopwatch side={side} />
      </header>
      <Progress side={side} />
      <FeedTrouble state={state} />
      <div class="page-frame">
        {run && url
          ? <iframe key={url} src={url} title={`The page on lane ${side.lane}`} tabIndex={-1} onLoad={(event) => paneLoaded(run, event.currentTarget)} />
          : <p>The page loads here.</p>}
      </div>
    </article>
  );
}
