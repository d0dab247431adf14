export default {
  code: 511,
  name: 'Network Authentication Required',
  says: 'Sign in to the network first: the hotel\'s page.',
  defined: 'RFC 6585, 6',
  icon: 'icons/511.svg',
};
