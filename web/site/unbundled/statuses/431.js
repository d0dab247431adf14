export default {
  code: 431,
  name: 'Request Header Fields Too Large',
  says: 'The fields are too large, one of them or all together.',
  defined: 'RFC 6585, 5',
  icon: 'icons/431.svg',
};
