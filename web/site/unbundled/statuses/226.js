export default {
  code: 226,
  name: 'IM Used',
  says: 'The difference from the version that the client has.',
  defined: 'RFC 3229, 10.4.1',
  icon: 'icons/226.svg',
};
