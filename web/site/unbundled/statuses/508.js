export default {
  code: 508,
  name: 'Loop Detected',
  says: 'The request ran in circles.',
  defined: 'RFC 5842, 7.2',
  icon: 'icons/508.svg',
};
