// Which part of the timeline is in view, as a state machine of what the viewer does. All sides share it.

export interface View {
  from: number; // ms
  to: number;
  top: number; // rows above the view
  mode: 'whole' | 'follow' | 'still'; // all of it; its newest part as it grows; where the viewer left it
}

export type ViewEvent =
  | {type: 'grew'; end: number} // what there is ends here now
  | {type: 'zoom'; factor: number; at: number; end: number} // below 1: nearer; at: ms that stay in place
  | {type: 'pan'; by: number; end: number} // ms
  | {type: 'scroll'; by: number; rows: number} // rows
  | {type: 'whole'; end: number}
  | {type: 'follow'; end: number}
  | {type: 'pause'};

export const shortestSpan = 0.5; // ms
// While following, no more than this is in view: enough for a reader, few enough to draw.
export const followedSpan = 2000;
const leastWhole = 100;

export const wholeView: View = {from: 0, to: leastWhole, top: 0, mode: 'whole'};

const whole = (view: View, end: number): View => ({...view, from: 0, to: Math.max(leastWhole, end * 1.02), mode: 'whole'});

function follow(view: View, end: number, span: number): View {
  const to = Math.max(span, end * 1.005 + 1);
  return {...view, from: to - span, to, mode: 'follow'};
}

function within(from: number, span: number, end: number): {from: number; to: number} {
  const kept = Math.min(Math.max(span, shortestSpan), Math.max(leastWhole, end * 1.5));
  const begin = Math.min(Math.max(from, -kept * 0.2), Math.max(0, end - kept * 0.2));
  return {from: begin, to: begin + kept};
}

export function look(view: View, event: ViewEvent): View {
  const span = view.to - view.from;
  switch (event.type) {
    case 'grew':
      if (view.mode === 'whole') return whole(view, event.end);
      return view.mode === 'follow' ? follow(view, event.end, span) : view;
    case 'zoom': {
      const wished = span * event.factor;
      const share = (event.at - view.from) / span;
      return {...view, ...within(event.at - share * wished, wished, event.end), mode: 'still'};
    }
    case 'pan':
      return {...view, ...within(view.from + event.by, span, event.end), mode: 'still'};
    case 'scroll':
      return {...view, top: Math.max(0, Math.min(event.rows, view.top + event.by))};
    case 'whole':
      return whole({...view, top: 0}, event.end);
    case 'follow':
      return follow(view, event.end, Math.min(span, followedSpan));
    case 'pause':
      return {...view, mode: 'still'};
  }
}
