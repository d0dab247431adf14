export default {
  code: 208,
  name: 'Already Reported',
  says: 'This member of a collection stands further up already.',
  defined: 'RFC 5842, 7.1',
  icon: 'icons/208.svg',
};
