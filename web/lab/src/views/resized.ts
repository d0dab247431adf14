// Grows by one whenever the window has another size, so that canvases are drawn anew.

import {signal} from '@preact/signals';

export const resized = signal(0);
new ResizeObserver(() => { ++resized.value; }).observe(document.documentElement);
window.addEventListener('resize', () => { ++resized.value; });
