export default {
  code: 504,
  name: 'Gateway Timeout',
  says: 'The server behind this one did not answer in time.',
  defined: 'RFC 9110, 15.6.5',
  icon: 'icons/504.svg',
};
