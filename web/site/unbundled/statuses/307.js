export default {
  code: 307,
  name: 'Temporary Redirect',
  says: 'Repeat the very same request there, method and all.',
  defined: 'RFC 9110, 15.4.8',
  icon: 'icons/307.svg',
};
