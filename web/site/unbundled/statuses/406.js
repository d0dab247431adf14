export default {
  code: 406,
  name: 'Not Acceptable',
  says: 'There is no version of it that the client accepts.',
  defined: 'RFC 9110, 15.5.7',
  icon: 'icons/406.svg',
};
