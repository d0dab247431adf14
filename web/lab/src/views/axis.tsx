// An axis of time below a picture; its marks go through the picture as lines.

import {useRef} from 'preact/hooks';
import {useSignal, useSignalEffect} from '@preact/signals';
import {ticksOf} from '../draw/ticks';
import {time} from '../words';
import {resized} from './resized';

export function Axis({from, to, kind}: {from: number; to: number; kind: string}) {
  const place = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  useSignalEffect(() => {
    void resized.value;
    if (place.current) width.value = place.current.clientWidth;
  });
  return (
    <div class={`axis ${kind}`} aria-hidden="true">
      <div ref={place}>
        {ticksOf(from, to, width.value || 600).map(({ms, share}) => <span key={ms} style={{left: `${100 * share}%`}}>{time(ms)}</span>)}
      </div>
    </div>
  );
}
