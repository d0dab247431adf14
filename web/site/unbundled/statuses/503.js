export default {
  code: 503,
  name: 'Service Unavailable',
  says: 'Overloaded or in maintenance; Retry-After may say how long.',
  defined: 'RFC 9110, 15.6.4',
  icon: 'icons/503.svg',
};
