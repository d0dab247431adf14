export default {
  code: 102,
  name: 'Processing',
  says: 'Still at work on it; an old sign of life for slow WebDAV requests.',
  defined: 'RFC 2518, 10.1',
  icon: 'icons/102.svg',
};
