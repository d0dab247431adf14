export default {
  code: 201,
  name: 'Created',
  says: 'Something new is there now, and Location says where.',
  defined: 'RFC 9110, 15.3.2',
  icon: 'icons/201.svg',
};
