export default {
  code: 505,
  name: 'HTTP Version Not Supported',
  says: 'Not in this version of HTTP.',
  defined: 'RFC 9110, 15.6.6',
  icon: 'icons/505.svg',
};
