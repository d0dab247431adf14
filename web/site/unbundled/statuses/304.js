export default {
  code: 304,
  name: 'Not Modified',
  says: 'The copy in the cache is still good: no content is sent.',
  defined: 'RFC 9110, 15.4.5',
  icon: 'icons/304.svg',
};
