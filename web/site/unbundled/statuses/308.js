export default {
  code: 308,
  name: 'Permanent Redirect',
  says: 'Repeat it there, method and all, now and always.',
  defined: 'RFC 9110, 15.4.9',
  icon: 'icons/308.svg',
};
