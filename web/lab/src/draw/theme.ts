// The colours of the style sheet, for the canvases; another set when the reader's theme changes.

import {signal} from '@preact/signals';

export interface Theme {
  paper: string;
  ink: string;
  muted: string;
  rule: string;
  http1: string;
  http2: string;
  failed: string;
  dark: boolean;
}

const dark = window.matchMedia('(prefers-color-scheme: dark)');

function read(): Theme {
  const style = getComputedStyle(document.documentElement);
  const named = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: named('paper'), ink: named('ink'), muted: named('muted'), rule: named('rule'),
    http1: named('http1'), http2: named('http2'), failed: named('failed'), dark: dark.matches,
  };
}

export const theme = signal<Theme>(read());
dark.addEventListener('change', () => { theme.value = read(); });

// Okabe and Ito's colours, told apart by all kinds of eyes. An HTTP/1.1 side begins with orange, an HTTP/2 side with
// blue. The yellow is darker on light paper, or it would hardly be seen.
const okabeIto = {
  orange: '#e69f00', sky: '#56b4e9', green: '#009e73', yellow: '#f0e442', blue: '#0072b2', vermilion: '#d55e00', purple: '#cc79a7',
};

export function connectionColours({dark: isDark, ink}: Theme, http2: boolean): string[] {
  const yellow = isDark ? okabeIto.yellow : '#b3a700';
  const {orange, sky, green, blue, vermilion, purple} = okabeIto;
  return http2
    ? [isDark ? sky : blue, orange, green, purple, vermilion, isDark ? blue : sky, yellow, ink]
    : [orange, sky, green, vermilion, purple, blue, yellow, ink];
}

export const colourOf = (colours: readonly string[], connection: number): string =>
  colours[connection % colours.length] ?? '#888888';
