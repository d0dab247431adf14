// At the end of the body: the list of contents, and the keys + and - for the size of type.
'use strict';

{
  const headings = [...document.querySelectorAll('article h2')];
  headings.forEach((heading, index) => {
    heading.id = `part-${index + 1}`;
    const link = document.createElement('a');
    link.href = `#${heading.id}`;
    link.textContent = heading.textContent;
    document.getElementById('contents').append(link);
  });

  const sizes = [16, 18, 20, 22, 24, 28, 32];
  addEventListener('keydown', ({key, ctrlKey, metaKey}) => {
    if (ctrlKey || metaKey || (key !== '+' && key !== '-')) return;
    const now = Math.round(parseFloat(getComputedStyle(document.querySelector('article')).fontSize));
    const place = sizes.findIndex((size) => size >= now) + (key === '+' ? 1 : -1);
    const size = sizes[Math.min(Math.max(place, 0), sizes.length - 1)];
    document.documentElement.style.setProperty('--type', `${size}px`);
    try {
      localStorage.setItem('muxlab-type-size', size);
    } catch {
      // Storage may be forbidden; then the size holds for this visit.
    }
  });
}
