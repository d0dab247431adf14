export default {
  code: 407,
  name: 'Proxy Authentication Required',
  says: 'Say who you are to the proxy first.',
  defined: 'RFC 9110, 15.5.8',
  icon: 'icons/407.svg',
};
