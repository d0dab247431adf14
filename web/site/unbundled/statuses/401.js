export default {
  code: 401,
  name: 'Unauthorized',
  says: 'Say who you are first: WWW-Authenticate says how.',
  defined: 'RFC 9110, 15.5.2',
  icon: 'icons/401.svg',
};
