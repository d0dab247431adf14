export default {
  code: 500,
  name: 'Internal Server Error',
  says: 'The server met something it had not expected.',
  defined: 'RFC 9110, 15.6.1',
  icon: 'icons/500.svg',
};
