export default {
  code: 429,
  name: 'Too Many Requests',
  says: 'Slower, please.',
  defined: 'RFC 6585, 4',
  icon: 'icons/429.svg',
};
