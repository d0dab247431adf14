export default {
  code: 502,
  name: 'Bad Gateway',
  says: 'The server behind this one gave an invalid answer.',
  defined: 'RFC 9110, 15.6.3',
  icon: 'icons/502.svg',
};
