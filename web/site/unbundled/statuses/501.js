export default {
  code: 501,
  name: 'Not Implemented',
  says: 'The server does not know this method at all.',
  defined: 'RFC 9110, 15.6.2',
  icon: 'icons/501.svg',
};
